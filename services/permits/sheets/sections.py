"""The parts of the sheet of a report: which members each has a column for, and what its rows say themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import get_args

from services.permits.reports.no_data import codes
from services.permits.reports.rules_parts import PARTS
from services.permits.reports.schemas import ConcentrationUnit, Method, Qualifier, RateUnit

MARK = "steppe:report"
FORM = {
    "production_days": "生产天数",
    "stopped_from": "停产起始日",
    "exceedance_explanation": "超标原因及处理情况",
    "override_reason": "情况说明",
}
CORRECTION = {
    "corrects/version": "更正的版本",
    "corrects/reason": "更正原因",
}
"""Only on the sheet of a report that was made: filled in, it corrects that version."""
METHODS = {"automatic": "自动监测", "manual": "手工监测", "balance": "物料衡算", "coefficient": "产排污系数"}
SCOPES = {
    "plant": "全厂合计",
    "main_outlets": "主要排放口合计",
    "general_outlets": "一般排放口合计",
    "fugitive": "无组织排放",
}
_FIGURES = {
    "concentration_max_qualifier": "最大值限定符",
    "concentration_max": "浓度最大值",
    "concentration_average_qualifier": "平均值限定符",
    "concentration_average": "浓度平均值",
    "concentration_unit": "浓度单位",
    "rate_max_qualifier": "最大速率限定符",
    "rate_max": "最大速率 kg/h",
    "rate_unit": "速率单位",
    "amount_qualifier": "排放量限定符",
    "amount_t": "排放量 t",
    "volume_m3": "废气（标态）或废水量 m3",
    "method": "核算方法",
    "no_data_code": "无数据原因",
    "override_reason": "情况说明",
}
COLUMNS = {
    "outlet_code": "排放口编号",
    "_outlet_name": "排放口名称",
    "pollutant_code": "污染物代码",
    "_pollutant_name": "污染物",
    "_limits": "许可限值",
    "_previous_max": "上期最大值",
    "_previous_average": "上期平均值",
    "_previous_amount": "上期排放量 t",
    "_own": "自行监测：方式 次数 最大 平均",
    **_FIGURES,
}
"""Of the lines of outlets."""


@dataclass(frozen=True, slots=True)
class Section:
    """One list of a report, a row an element. Columns that begin with `_` are printed only."""

    name: str
    title: str
    columns: Mapping[str, str]
    given: tuple[str, ...]
    """What a row is about: a row that says no more than that says nothing."""
    mark: str = "row"
    """What stands in column A of its rows."""
    spare: int = 3
    """Empty rows to fill in; more may be added."""

    @property
    def filled(self) -> list[str]:
        return [name for name in self.columns if not name.startswith("_")]


VALUES = Section("values", "排放口", COLUMNS, ("outlet_code", "pollutant_code"), mark="value", spare=0)
"""Every outlet and pollutant with a limit has to be said something of: blank never means zero."""
SECTIONS = (
    VALUES,
    Section(
        "totals",
        "全厂及分类合计（许可证规定年许可排放量的，按年判定）",
        {
            "scope": "合计范围",
            "pollutant_code": "污染物代码",
            "_pollutant_name": "污染物",
            "_limit": "年许可排放量 t",
            "amount_t": "排放量 t",
            "override_reason": "情况说明",
        },
        ("scope", "pollutant_code"),
    ),
    Section(
        "special_values",
        "特殊时段（一日、一处、一种污染物一行；全厂的不填排放口）",
        {
            "day": "日期",
            "outlet_code": "排放口编号",
            "pollutant_code": "污染物代码",
            "concentration_max": "浓度最大值",
            "concentration_average": "日均浓度",
            "rate_max": "最大速率 kg/h",
            "amount_kg": "日排放量 kg",
            "month_amount_t": "当月排放量 t",
            "no_data_code": "无数据原因",
            "override_reason": "情况说明",
        },
        ("day", "outlet_code", "pollutant_code"),
    ),
    Section(
        "facilities",
        "设施运行时间",
        {
            "facility_code": "设施编号",
            "_name": "设施名称",
            "_ledger": "台账运行小时",
            "run_hours": "运行小时",
        },
        ("facility_code",),
    ),
    Section(
        "materials",
        "原辅料、燃料、药剂消耗",
        {
            "name": "名称（与台账一致）",
            "unit": "单位（与台账一致）",
            "_ledger": "台账数量",
            "quantity": "数量",
        },
        ("name", "unit"),
    ),
    Section(
        "unpermitted_discharges",
        "许可证外的排放口排放情况",
        {
            "outlet": "排放口编号或名称",
            "pollutant_code": "污染物代码",
            "first_day": "起始日",
            "last_day": "结束日",
            "explanation": "情况说明",
        },
        (),
    ),
    Section(
        "disclosures",
        "信息公开情况",
        {
            "requirement": "要求序号",
            "_content": "公开内容",
            "_timing": "时间节点",
            "is_met": "是否按要求公开",
            "explanation": "未公开的情况说明",
        },
        ("requirement",),
        spare=0,
    ),
    Section(
        "parts",
        "执行情况说明（HJ 944-2018；年度报告须逐项说明）",
        {"part": "部分", "text": "说明"},
        ("part",),
        spare=0,
    ),
)
BY_NAME = {each.name: each for each in SECTIONS}
NUMBERS = {
    *("concentration_max", "concentration_average", "rate_max", "amount_t", "volume_m3"),
    *("amount_kg", "month_amount_t", "run_hours", "quantity"),
}
WHOLE = {"production_days", "version", "requirement"}
DAYS = {"day", "first_day", "last_day", "stopped_from"}
WORDS = {
    *("exceedance_explanation", "override_reason", "reason", "explanation", "name", "outlet", "unit", "text"),
}
"""Read as they are written; other texts are codes, in whatever width they were typed."""
CODED = {"method", "no_data_code", "scope", "is_met", "part"}


@cache
def choices() -> dict[tuple[str, str], Sequence[str]]:
    """By section and column, what it may hold: the code first, then what it means."""
    no_data = [f"{each.code} {each.zh}"[:200] for each in codes()]
    named: dict[str, Sequence[str]] = {
        "concentration_max_qualifier": get_args(Qualifier),
        "concentration_average_qualifier": get_args(Qualifier),
        "rate_max_qualifier": get_args(Qualifier),
        "amount_qualifier": ("=", "estimated"),
        "concentration_unit": get_args(ConcentrationUnit),
        "rate_unit": get_args(RateUnit),
        "method": [f"{code} {METHODS[code]}" for code in get_args(Method)],
        "no_data_code": no_data,
        "scope": [f"{code} {name}" for code, name in SCOPES.items()],
        "is_met": ["true 是", "false 否"],
        "part": [f"{code} {text.zh}" for code, text in PARTS.items()],
    }
    return {
        (section.name, name): named[name] for section in SECTIONS for name in section.columns if name in named
    }
