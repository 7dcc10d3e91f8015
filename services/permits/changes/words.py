"""The words for what a permit says, in both languages: labels of members, lists and values. Pure data."""

from __future__ import annotations

from services.kit.texts import Text

NUMBERS = frozenset(
    {
        *("value", "lower_value", "promised_value", "height_m", "longitude", "latitude", "minimum_valid"),
        *("count", "every", "kept_years", "monthly_due_day", "quarterly_due_day"),
        *("half_yearly_due_day", "annual_due_month", "annual_due_day"),
    }
)
"""Members whose values are numbers, and so grow or shrink."""

_WORDS = """
site_name            场所名称        name of the site
management_class     管理类别        management class
industry_code        行业类别        industry
valid_from           起始日期        first day
valid_to             截止日期        last day
issued_on            发证日期        day of issue
reporting            执行报告要求    execution reports
quarterly            季度报告        quarterly report
annual               年度报告        annual report
monthly              月度报告        monthly report
half_yearly          半年报告        half-yearly report
monthly_due_day      月报截止日      due day of the monthly report
half_yearly_due_day  半年报截止日    due day of the half-yearly report
monthly_from         月报起始        monthly reports kept from
half_yearly_from     半年报起始      half-yearly reports kept from
merge_upward         并入上一级报告  merged into the longer report
quarterly_due_day    季报截止日      due day of the quarterly report
annual_due_month     年报截止月      due month of the annual report
annual_due_day       年报截止日      due day of the annual report
quarterly_from       季报起始        quarterly reports kept from
annual_from          年报起始        annual reports kept from
outlets              排放口          outlet
code                 编码            code
name                 名称            name
medium               介质            medium
kind                 类型            kind
longitude            经度            longitude
latitude             纬度            latitude
height_m             高度            height
mode                 排放方式        way of discharge
destination          排放去向        destination
limits               限值            limit
pollutant_code       污染物编码      pollutant code
pollutant_name       污染物          pollutant
value                数值            value
lower_value          下限            lower bound
promised_value       承诺更加严格限值 stricter promise
text                 文字            words
unit                 单位            unit
permit_year          许可年度        permit year
averaging            取值规则        averaging rule
period               时段            period
statistic            统计方法        statistic
minimum_valid        有效数据下限    least number of valid data
minimum_unit         有效数据单位    unit of valid data
source               来源            source
standard             依据标准        standard
plant_limits         合计限值        total limit
scope                合计范围        what the total is of
special_limits       特殊时段限值    limit of a special period
alert_level          预警级别        alert level
outlet_code          排放口编码      outlet code
prohibited           禁止排放        discharge prohibited
monitoring           自行监测        self-monitoring
point                监测点位        monitoring point
means                监测方式        means of monitoring
frequency            频次            frequency
fallback             自动失效时频次  frequency while the equipment fails
count                次数            times
per                  每              per
every                间隔            every
sampling             采样            sampling
instrument           仪器            instrument
method               测定方法        method
terms                其他内容        other content
holder               持证单位        holder
address              住所            address
legal_representative 法定代表人      legal representative
site_address         生产经营场所    address of the site
site_region_code     场所行政区划    division of the site
authority            发证机关        issuing authority
production_facilities 生产设施       production facility
treatment_facilities 污染防治设施    treatment facility
process              工艺            process
capacity             设施参数        capacity
serves               所服务设施      facilities it serves
operation            运行维护要求    requirement of operation
ledger               台账要求        ledger requirement
category             类别            category
content              内容            content
form                 形式            form
kept_years           保存年限        years kept
disclosure           信息公开要求    disclosure requirement
timing               时间节点        timing
fugitive             无组织控制要求  fugitive emission requirement
other                其他要求        other requirement
subject              对象            subject
construction         建设项目        construction project
site_moved           场所迁移        move of the site
"""

_VALUES = """
hourly_concentration 小时浓度        hourly concentration
daily_concentration  日均浓度        daily concentration
concentration        浓度            concentration
instant_value        瞬时值          instant value
emission_rate        排放速率        emission rate
grade                等级            grade
annual_amount        年排放量        yearly amount
daily_amount         日排放量        daily amount
monthly_amount       月排放量        monthly amount
heavy_pollution      重污染天气      heavy pollution
attainment_plan      限期达标        attainment plan
yellow               黄色            yellow
orange               橙色            orange
red                  红色            red
plant                全厂            plant
main_outlets         主要排放口      main outlets
general_outlets      一般排放口      general outlets
automatic            自动            automatic
manual               手工            manual
"""


def _table(text: str) -> dict[str, Text]:
    rows = (line.split(maxsplit=2) for line in text.strip().splitlines())
    return {name: Text(zh=zh, en=en) for name, zh, en in rows}


MEMBERS = _table(_WORDS)
VALUES = _table(_VALUES)


def member(name: str) -> Text:
    return MEMBERS[name]


def value(name: str) -> Text:
    return VALUES.get(name, Text(zh=name, en=name))
