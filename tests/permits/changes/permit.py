"""A permit as a document, and ways to change it, for the tests of differences and routes."""

from __future__ import annotations

from copy import deepcopy
from typing import Any


def limit(pollutant: str = "a21026", kind: str = "hourly_concentration", **changes: Any) -> dict[str, Any]:
    return {
        "pollutant_code": pollutant,
        "pollutant_name": {"a21026": "二氧化硫", "a21002": "氮氧化物"}.get(pollutant, pollutant),
        "kind": kind,
        "value": "300",
        "lower_value": None,
        "promised_value": None,
        "text": None,
        "unit": "mg/m3",
        "permit_year": None,
        "averaging": {"period": "hour", "statistic": "mean", "source": "HJ 75-2017"},
        "valid_from": "2025-01-01",
        "valid_to": None,
        "standard": "GB 13271-2014",
        **changes,
    }


def outlet(code: str, *limits: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": "锅炉烟囱",
        "medium": "air",
        "kind": "main",
        "longitude": "111.9772",
        "latitude": "43.6526",
        "height_m": "45",
        "mode": "organised",
        "destination": "环境空气",
        "limits": list(limits),
        **changes,
    }


PERMIT: dict[str, Any] = {
    "site_name": "一号厂区",
    "management_class": "key",
    "industry_code": "4430",
    "valid_from": "2025-01-01",
    "valid_to": "2029-12-31",
    "issued_on": "2024-12-20",
    "reporting": {"quarterly": True, "annual": True, "quarterly_due_day": 15},
    "outlets": [
        outlet(
            "DA001",
            limit(),
            limit(kind="annual_amount", value="12.5", unit="t/a", permit_year=1, valid_to="2025-12-31"),
            limit(kind="annual_amount", value="12", unit="t/a", permit_year=2, valid_from="2026-01-01"),
            limit("a21002", promised_value="200"),
        ),
        outlet(
            "DA002", limit("a21002", value="250"), limit("a21002", "emission_rate", unit="kg/h", value="4")
        ),
    ],
    "plant_limits": [
        {"scope": "plant", "pollutant_code": "a21026", "pollutant_name": "二氧化硫", "value": "20"}
        | {"permit_year": None, "valid_from": "2025-01-01", "valid_to": None, "standard": "环评批复"}
    ],
    "special_limits": [
        {"period": "heavy_pollution", "alert_level": "orange", "outlet_code": None, "unit": "kg/d"}
        | {"pollutant_code": "a21026", "pollutant_name": "二氧化硫", "kind": "daily_amount", "value": "20"}
        | {"prohibited": False, "averaging": None, "valid_from": "2025-01-01", "valid_to": None}
        | {"standard": "应急预案"}
    ],
    "monitoring": [
        {"outlet_code": "DA001", "point": None, "pollutant_code": "a21026", "pollutant_name": "二氧化硫"}
        | {"means": "manual", "frequency": {"count": 1, "per": "quarter", "every": 1}, "fallback": None}
        | {"sampling": None, "instrument": None, "method": "HJ 57-2017"}
    ],
    "terms": {
        "holder": {"name": "甲公司", "address": "示例路1号", "legal_representative": "张某某"},
        "site_address": "示例路1号",
        "site_region_code": "152501",
        "authority": "生态环境局",
        "production_facilities": [{"code": "MF0001", "name": "锅炉", "process": None, "capacity": "35 t/h"}],
        "treatment_facilities": [
            {"code": "TA001", "name": "脱硫塔", "process": "湿法", "serves": ["MF0001"], "outlets": ["DA001"]}
        ],
        "operation": [{"subject": "TA001", "text": "同步运行"}],
        "ledger": [],
        "disclosure": [],
        "fugitive": [],
        "other": [],
    },
}


def changed(place: str, value: Any) -> dict[str, Any]:
    """The permit with one value put at a JSON Pointer of list positions; None takes an item out of a list."""
    permit = deepcopy(PERMIT)
    *way, last = place.strip("/").split("/")
    holder: Any = permit
    for part in way:
        holder = holder[int(part)] if isinstance(holder, list) else holder[part]
    if not isinstance(holder, list):
        holder[last] = value
    elif value is None:
        del holder[int(last)]
    elif last == "-":
        holder.append(value)
    else:
        holder[int(last)] = value
    return permit
