"""The Chinese words of what a report says, as they are printed. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.permits.documents import labels
from services.permits.reports.no_data import codes

KINDS = {"monthly": "月度", "quarterly": "季度", "half_yearly": "半年", "annual": "年度"}
METHODS = {"automatic": "自动监测", "manual": "手工监测", "balance": "物料衡算", "coefficient": "产排污系数"}
SCOPES = {
    "plant": "全厂合计",
    "main_outlets": "主要排放口合计",
    "general_outlets": "一般排放口合计",
    "fugitive": "无组织排放",
}
ANNEXES = {
    "monitoring_report": "监测报告",
    "photograph": "照片",
    "tax_receipt": "缴税凭证",
    "ledger": "台账",
    "explanation": "情况说明",
    "other": "其他",
}
_QUALIFIERS = {"=": "", "<=": "≤", ">=": "≥", "estimated": "估算 ", "too_numerous": "多不可计 "}
MEMBERS = {
    "automatic": "自动监测",
    "manual": "手工监测数据",
    "balance": "物料衡算",
    "coefficient": "产排污系数",
    "abnormal": "异常情况排放",
    "points": "自动监测数据",
    "due": "应有数据",
    "concentration": "浓度",
    "flow": "流量",
    "count": "时数（日数）",
    "substituted": "替代数据",
    "reason": "原因",
    "fuel_t": "燃料量 t",
    "sulphur": "硫分",
    "conversion": "转化率",
    "efficiency": "去除效率",
    "fuel_facts": "能源消耗记录",
    "fact_id": "记录",
    "version": "版本",
    "activity": "活动水平",
    "activity_unit": "活动水平单位",
    "factor_kg": "系数 kg",
    "factor_source": "系数来源",
}


def figure(line: Mapping[str, Any], name: str, unit: str, *, qualifier: str | None = None) -> str:
    """<0.5 mg/m³, 估算 12 t; a dash where nothing is said, which is never a zero."""
    value = line.get(name)
    if value is None:
        return "—"
    said = line.get(qualifier or f"{name}_qualifier")
    return f"{_QUALIFIERS.get(said, said) if said else ''}{value} {labels.unit(unit)}"


def no_data(code: str | None) -> str:
    """未排放（no_discharge）."""
    if code is None:
        return "—"
    meaning = next((each.zh for each in codes() if each.code == code), None)
    return f"{meaning}（{code}）" if meaning else code
