"""The Chinese names of what a permit says: of its members, and of the values of those that are a choice. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MEMBERS: Mapping[str, str] = {
    "permit_number": "许可证编号",
    "site_name": "生产经营场所",
    "management_class": "管理类别",
    "industry_code": "行业代码",
    "valid_from": "有效期起",
    "valid_to": "有效期止",
    "effective_from": "本版生效日",
    "issued_on": "发证日期",
    "version": "版本",
    "reporting": "执行报告要求",
    "outlets": "排放口",
    "plant_limits": "全厂许可排放量",
    "special_limits": "特殊时段许可限值",
    "basis": "本版依据",
    "code": "编号",
    "name": "名称",
    "medium": "介质",
    "kind": "类型",
    "article": "法律依据",
    "application": "申请",
    "reason": "理由",
    "value": "限值",
    "unit": "单位",
    "standard": "执行标准",
    "monitoring": "自行监测方案",
    "frequency": "频次",
    "method": "方法",
    "period": "时段",
    "scope": "范围",
}

VALUES: Mapping[str, str] = {
    "key": "重点管理",
    "simplified": "简化管理",
    "registration": "登记管理",
    "air": "大气",
    "water": "水",
    "main": "主要排放口",
    "general": "一般排放口",
    "hourly_concentration": "小时浓度",
    "daily_concentration": "日均浓度",
    "annual_amount": "年排放量",
    "daily_amount": "日排放量",
    "monthly_amount": "月排放量",
    "concentration": "浓度",
    "instant_value": "瞬时值",
    "emission_rate": "排放速率",
    "grade": "等级",
    "plant": "全厂合计",
    "main_outlets": "主要排放口合计",
    "general_outlets": "一般排放口合计",
    "fugitive": "无组织",
    "heavy_pollution": "重污染天气应对",
    "attainment_plan": "环境质量限期达标规划",
    "yellow": "黄色预警及以上",
    "orange": "橙色预警及以上",
    "red": "红色预警",
    "first_issue": "首次核发",
    "basic_change": "基本信息变更",
    "change": "变更",
    "reapplication": "重新申请",
    "renewal": "延续",
    "adjustment": "依职权变更",
    "organised": "有组织排放",
    "direct": "直接排放",
    "indirect": "间接排放",
    "none": "不外排",
    "automatic": "自动",
    "manual": "手工",
    "basic": "基本信息",
    "production": "生产设施运行",
    "treatment": "污染防治设施运行",
    "monitoring": "监测记录",
    "other": "其他",
    "electronic": "电子",
    "paper": "纸质",
    "both": "电子和纸质",
}
UNITS: Mapping[str, str] = {
    "mg/m3": "mg/m³",
    "ng-TEQ/m3": "ng-TEQ/m³",
    "dimensionless": "无量纲",
    "grade": "级",
}

_PERIODS = {"instant": "瞬时", "hour": "小时", "day": "日", "week": "周", "month": "月", "year": "年"}
_STATISTICS = {"value": "值", "mean": "均值", "flow_weighted_mean": "流量加权均值", "sum": "总量"}
_PER = {
    "hour": "小时",
    "shift": "班",
    "day": "日",
    "week": "周",
    "month": "月",
    "quarter": "季",
    "half_year": "半年",
    "year": "年",
    "batch": "批",
    "event": "事件",
}
_COUNTED = {"minute": "分钟", "hour": "小时", "day": "日"}


def member(name: str) -> str:
    return MEMBERS.get(name, name)


def value(given: Any) -> str:
    """A scalar in words; what is no known choice stays as it is. Nothing given is a dash, never a zero."""
    if given is None or given == "":
        return "—"
    if isinstance(given, bool):
        return "是" if given else "否"
    return VALUES.get(given, given) if isinstance(given, str) else str(given)


def unit(given: str | None) -> str:
    return "" if given is None else UNITS.get(given, given)


def averaging(given: Mapping[str, Any] | None) -> str:
    """小时均值（有效数据不少于45分钟）."""
    if not given:
        return "—"
    period = _PERIODS.get(given.get("period", ""), str(given.get("period") or ""))
    text = period + _STATISTICS.get(given.get("statistic", ""), str(given.get("statistic") or ""))
    if given.get("minimum_valid") is not None:
        counted = _COUNTED.get(given.get("minimum_unit") or "", "")
        text += f"（有效数据不少于{given['minimum_valid']}{counted}）"
    return text


def frequency(given: Mapping[str, Any]) -> str:
    """1次/季, 1次/2年."""
    per = _PER.get(given.get("per", ""), str(given.get("per") or ""))
    every = given.get("every") or 1
    return f"{given.get('count')}次/{every if every != 1 else ''}{per}"


def days(first: str | None, last: str | None) -> str:
    """2025-01-01 起, or from the first to the last, both included."""
    return f"{first}起" if last is None else f"{first}至{last}"
