"""A permit version as its read answers it, with something of everything."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from services.permits.documents import content
from services.permits.documents.content import Holder
from services.permits.documents.rules import Kind
from services.permits.documents.sheets import Sheet, Stamp
from tests.support.town import OUTLETS

VERIFY_AT = (
    "https://permits.example.gov.cn/v1/permits/disclosure/documents/0199f0a2-7c3e-7c11-9a5b-0123456789ab"
)
HOLDER = Holder("二连浩特市热力有限责任公司", "91152501MA0N123456", "示例路1号", "张某某")
SPECIAL = {
    "period": "heavy_pollution",
    "alert_level": "orange",
    "outlet_code": "DA001",
    "pollutant_code": "a21026",
    "pollutant_name": "二氧化硫",
    "kind": "daily_amount",
    "value": None,
    "prohibited": True,
    "unit": "kg/d",
    "averaging": None,
    "valid_from": "2025-01-01",
    "valid_to": None,
    "standard": "重污染天气应急预案",
}
PH = {
    "pollutant_code": "w01001",
    "pollutant_name": "pH值",
    "kind": "instant_value",
    "value": "9",
    "lower_value": "6",
    "promised_value": None,
    "text": None,
    "unit": "dimensionless",
    "permit_year": None,
    "averaging": {
        "period": "hour",
        "statistic": "mean",
        "minimum_valid": 45,
        "minimum_unit": "minute",
        "source": "HJ 75-2017",
    },
    "valid_from": "2025-01-01",
    "valid_to": "2027-12-31",
    "standard": "GB 8978-1996 <三级> & 纳管协议",
}
GRADE = {
    **PH,
    "pollutant_name": "烟气黑度",
    "kind": "grade",
    "value": "1",
    "text": "林格曼黑度1级",
    "unit": "grade",
}
PLANT = {
    "scope": "plant",
    "pollutant_code": "a21026",
    "pollutant_name": "二氧化硫",
    "value": "30.5",
    "permit_year": 3,
    "valid_from": "2027-01-01",
    "valid_to": "2027-12-31",
    "standard": "技术规范 锅炉",
}


TERMS = {
    "holder": {
        "name": "二连浩特市𠮷祥热力有限责任公司",
        "address": "示例路2号",
        "legal_representative": "李某某",
    },
    "site_address": "工业园区3号",
    "site_region_code": "152502",
    "authority": "某市生态环境局",
    "production_facilities": [
        {"code": "MF0001", "name": "1号链条炉", "process": "供热", "capacity": "35 t/h"},
        {"code": "MF0002", "name": "煤场", "process": None, "capacity": None},
    ],
    "treatment_facilities": [
        {
            **{"code": "TA001", "name": "脱硫塔", "process": "石灰石-石膏湿法脱硫"},
            **{"serves": ["MF0001"], "outlets": ["DA001"]},
        }
    ],
    "operation": [{"subject": "TA001", "text": "脱硫设施与锅炉同步运行"}],
    "ledger": [
        {
            **{
                "category": "treatment",
                "content": "脱硫剂用量",
                "frequency": {"count": 1, "per": "day", "every": 1},
            },
            **{"form": "electronic", "kept_years": 5},
        }
    ],
    "disclosure": [{"content": "自行监测结果", "means": "公众号", "timing": "次月10日前"}],
    "fugitive": [{"subject": None, "text": "煤场封闭"}],
    "other": [{"subject": None, "text": "配合执法监测"}],
}
MONITORING = [
    {
        **{"outlet_code": "DA001", "point": None, "pollutant_code": "a21026", "pollutant_name": "二氧化硫"},
        **{"means": "automatic", "frequency": None, "fallback": {"count": 4, "per": "day", "every": 1}},
        **{"sampling": None, "instrument": "烟气分析仪", "method": "HJ 57-2017"},
    },
    {
        **{"outlet_code": None, "point": "厂界", "pollutant_code": "a34001", "pollutant_name": "颗粒物"},
        **{"means": "manual", "frequency": {"count": 1, "per": "year", "every": 2}, "fallback": None},
        **{"sampling": "4个点位", "instrument": None, "method": "GB/T 15432"},
    },
]
PLACE = {
    "longitude": "111.977200",
    "latitude": "43.652600",
    "height_m": "45",
    "mode": "organised",
    "destination": "大气环境",
}


def permit(**changes: Any) -> dict[str, Any]:
    outlets = [{**outlet, **PLACE} for outlet in deepcopy(OUTLETS)]
    water = {"code": "DW001", "name": "总排口", "medium": "water", "kind": "general"}
    made = {
        "permit_number": "91152501MA0N123456001P",
        "site_name": "一号厂区",
        "management_class": "key",
        "industry_code": "4430",
        "valid_from": "2025-01-01",
        "valid_to": "2029-12-31",
        "issued_on": "2024-12-20",
        "version": 2,
        "standing": "in_force",
        "current_version": 2,
        "reporting": {
            "quarterly": True,
            "annual": True,
            "quarterly_due_day": 15,
            "annual_due_month": 1,
            "annual_due_day": 31,
            "quarterly_from": None,
            "annual_from": "2025-01-01",
        },
        "outlets": [*outlets, {**water, "limits": [PH, GRADE]}],
        "plant_limits": [PLANT],
        "special_limits": [SPECIAL],
        "monitoring": deepcopy(MONITORING),
        "terms": deepcopy(TERMS),
        "basis": {
            "kind": "change",
            "article": "条例 第十五条",
            "application": None,
            "reason": "新增脱硫设施",
        },
    }
    return {**made, **changes}


def sheet(kind: Kind = Kind.DUPLICATE, *, stamp: Stamp | None = None, **changes: Any) -> Sheet:
    holder = changes.pop("holder", HOLDER)
    return content.sheet(
        kind, permit(**changes), holder, authority="某市生态环境局", stamp=stamp, verify_at=VERIFY_AT
    )
