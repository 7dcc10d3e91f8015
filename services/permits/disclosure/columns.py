"""What stands in the downloads: a column for each member of what the public pages show of the same record."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel

from services.kit.downloads import Column
from services.permits.disclosure.schemas import (
    DisclosedPermitSummary,
    DisclosedReportSummary,
    DisclosedSpecialValue,
    DisclosedValue,
)
from services.permits.permits.schemas import LimitContent, OutletRead

TITLES = {
    "permit_number": "许可证编号",
    "uscc": "统一社会信用代码",
    "enterprise_name": "单位名称",
    "site_name": "生产经营场所",
    "current_version": "版本",
    "version": "版本",
    "management_class": "管理类别",
    "industry_code": "行业代码",
    "region_code": "行政区划代码",
    "valid_from": "有效期起",
    "valid_to": "有效期止",
    "issued_on": "发证日期",
    "standing": "效力",
    "withheld": "不予公开",
    "longitude": "经度",
    "latitude": "纬度",
    "outlet_code": "排放口编号",
    "outlet_name": "排放口名称",
    "outlet_medium": "排放介质",
    "outlet_kind": "排放口类型",
    "outlet_longitude": "排放口经度",
    "outlet_latitude": "排放口纬度",
    "outlet_height_m": "排放口高度（米）",
    "outlet_mode": "排放方式",
    "outlet_destination": "排放去向",
    "lower_value": "下限值",
    "promised_value": "承诺更加严格限值",
    "text": "文字限值",
    "permit_year": "许可年度",
    "averaging": "判定时段",
    "level": "层次",
    "scope": "范围",
    "period": "特殊时段",
    "alert_level": "预警级别",
    "prohibited": "禁止排放",
    "pollutant_code": "污染物代码",
    "pollutant_name": "污染物",
    "kind": "类型",
    "value": "限值",
    "unit": "单位",
    "standard": "执行标准",
    "id": "报告标识",
    "report_id": "报告标识",
    "period_start": "报告期起",
    "period_end": "报告期止",
    "first_submitted_at": "首次提交时间",
    "days_late": "逾期天数",
    "published_at": "公开时间",
    "published_on": "公开日期",
    "document_sha256": "文件摘要",
    "receipt_id": "回执编号",
    "concentration_max": "最大浓度",
    "concentration_average": "平均浓度",
    "amount_t": "排放量（吨）",
    "method": "核算方法",
    "no_data_code": "无数据代码",
    "concentration_max_qualifier": "最大浓度限定符",
    "concentration_average_qualifier": "平均浓度限定符",
    "amount_qualifier": "排放量限定符",
    "volume_m3": "排放体积（立方米）",
    "day": "特殊时段日期",
    "amount_kg": "日排放量（千克）",
    "month_amount_t": "月排放量（吨）",
    "point": "监测点位",
    "sampled_at": "采样时间",
    "qualifier": "限定符",
    "standard_value": "标准单位值",
    "standard_unit": "标准单位",
    "means": "监测方式",
    "method_standard": "方法标准",
    "rate_max": "最大排放速率（千克/小时）",
    "rate_max_qualifier": "最大排放速率限定符",
}


def _named(names: Iterable[str]) -> tuple[Column, ...]:
    return tuple(Column(name, TITLES.get(name, "")) for name in names)


def _of(model: type[BaseModel], *, without: Iterable[str] = ()) -> tuple[str, ...]:
    return tuple(name for name in model.model_fields if name not in set(without))


PERMITS = _named(_of(DisclosedPermitSummary))
LIMITS = _named(
    (
        *("permit_number", "version", "enterprise_name", "level"),
        *(f"outlet_{name}" for name in _of(OutletRead, without=("limits",))),
        *_of(LimitContent),
        *("scope", "period", "alert_level", "prohibited"),
    )
)
REPORTS = _named((*_of(DisclosedReportSummary), "document_sha256", "receipt_id"))
VALUES = _named(
    (
        "report_id",
        *_of(DisclosedReportSummary, without=("id", "first_submitted_at", "days_late", "published_at")),
        "scope",
        "day",
        *_of(DisclosedValue),
        *_of(DisclosedSpecialValue, without=("day", *DisclosedValue.model_fields)),
    )
)
