"""A report with something of everything, and what its permit says."""

from __future__ import annotations

from typing import Any

from services.permits.prints.content import Printed, Signature
from services.permits.reports.rules_parts import PARTS

LIMIT = {
    "outlet_code": "DA001",
    "pollutant_code": "a21026",
    "pollutant_name": "二氧化硫",
    "kind": "hourly_concentration",
    "value": "200",
    "lower_value": None,
    "promised_value": "180",
    "text": None,
    "unit": "mg/m3",
    "permit_year": None,
    "averaging": None,
    "valid_from": "2025-01-01",
    "valid_to": None,
    "standard": "GB 13271-2014",
}
BASIS: dict[str, Any] = {
    "holder": {
        "name": "二连浩特市热力有限责任公司",
        "uscc": "91152501MA0N123456",
        "address": "示例路1号",
        "legal_representative": "张某某",
    },
    "authority": "锡林郭勒盟生态环境局",
    "site_name": "一号厂区",
    "site_address": "示例路2号",
    "industry": "热力生产和供应 4430",
    "management_class": "key",
    "permit_version": 2,
    "valid_from": "2025-01-01",
    "valid_to": "2029-12-31",
    "outlets": {"DA001": "锅炉烟囱", "DW001": "总排口"},
    "limits": [
        LIMIT,
        {**LIMIT, "kind": "annual_amount", "value": "12", "unit": "t/a", "promised_value": None},
        {**LIMIT, "value": "150", "promised_value": None, "valid_from": "2025-02-01"},
    ],
    "plant_limits": [
        {
            "scope": "plant",
            "pollutant_code": "a21026",
            "pollutant_name": "二氧化硫",
            "value": "20",
            "permit_year": None,
            "valid_from": "2025-01-01",
            "valid_to": None,
            "standard": "GB 13271-2014",
        }
    ],
    "special_limits": [
        {
            "period": "heavy_pollution",
            "alert_level": "orange",
            "outlet_code": "DA001",
            "pollutant_code": "a21026",
            "pollutant_name": "二氧化硫",
            "kind": "daily_amount",
            "value": "20",
            "prohibited": False,
            "unit": "kg/d",
            "averaging": None,
            "valid_from": "2025-01-01",
            "valid_to": None,
            "standard": "重污染天气应急预案",
        }
    ],
    "facilities": [
        {"code": "MF0001", "name": "1号锅炉", "treats": False},
        {"code": "TA001", "name": "脱硫塔", "treats": True},
    ],
    "disclosures": ["排放浓度"],
}
SIGNATURE = Signature(
    receipt_id="R-2025-0001",
    document_sha256="ab" * 32,
    subject="/v1/permits/reports/0199/versions/1",
    submitted_by="0199f0a2-7c3e-7c11-9a5b-0123456789ab",
    submitted_at="2025-04-10T09:00:00+08:00",
    jws="eyJhbGciOiJFZERTQSJ9." + "a" * 400 + ".sig",
    verify_at="https://permits.example.gov.cn/v1/permits/disclosure/receipts/R-2025-0001",
)
OVER = {
    "outlet_code": "DA001",
    "pollutant_code": "a21026",
    "kind": "hourly_concentration",
    "limit": "180",
    "value": "207",
    "multiple": "0.15",
}
WARNING = {
    "pointer": "/values/0/amount_t",
    "code": "amount_jump",
    "severity": "soft",
    "detail_zh": "较上期增加一倍",
    "detail_en": "twice as much as before",
    "article": "条例 第二十二条",
    "reason": "扩产",
}


def document(**changes: Any) -> dict[str, Any]:
    return {
        "permit_number": "91152501MA0N123456001P",
        "uscc": "91152501MA0N123456",
        "kind": "quarterly",
        "period_start": "2025-01-01",
        "period_end": "2025-03-31",
        "version": 3,
        "obligation_id": "0199f0a2-0000-7c11-9a5b-0123456789ab",
        "corrects_version": 2,
        "reason": "更正单位",
        "production_days": 87,
        "stopped_from": "2025-03-28",
        "override_reason": "检修后数据属实",
        "exceedance_explanation": "脱硫塔故障两小时",
        "values": [
            {
                "outlet_code": "DA001",
                "pollutant_code": "a21026",
                "concentration_max": "207",
                "concentration_average": "0.5",
                "concentration_average_qualifier": "<",
                "amount_t": None,
                "amount": "1250.5",
                "amount_unit": "kg",
                "amount_qualifier": "estimated",
                "volume_m3": "9876543",
                "rate_max": "1500",
                "rate_unit": "g/h",
                "rate_max_qualifier": ">=",
                "method": "manual",
                "no_data_code": None,
                "override_reason": "按台账核对",
                "calculation": {
                    "automatic": {
                        "due": "2160",
                        "points": [{"concentration": "31", "flow": "4100", "count": "17"}],
                    },
                    "balance": {
                        "fuel_t": "321",
                        "sulphur": "0.0061",
                        "conversion": "0.85",
                        "efficiency": "0.93",
                    },
                    "abnormal": [
                        {
                            "concentration": "777",
                            "flow": "4200",
                            "count": "2",
                            "reason": "点炉",
                            "substituted": True,
                        }
                    ],
                },
            },
            {
                "outlet_code": "DW001",
                "pollutant_code": "w01018",
                "concentration_max": None,
                "concentration_average": None,
                "amount_t": None,
                "method": None,
                "no_data_code": "insufficient_flow",
                "x_later": "后来增加的成员",
            },
        ],
        "totals": [
            {"scope": "plant", "pollutant_code": "a21026", "amount_t": "9.25", "override_reason": "含无组织"}
        ],
        "special_values": [
            {
                "day": "2025-02-10",
                "outlet_code": "DA001",
                "pollutant_code": "a21026",
                "concentration_max": "33",
                "concentration_average": "22",
                "rate_max": "1.75",
                "amount_kg": "12.5",
                "month_amount_t": "0.375",
                "override_reason": "预警期间减产",
            },
            {"day": "2025-02-11", "pollutant_code": "a21002", "no_data_code": "laboratory_error"},
        ],
        "facilities": [
            {"facility_code": "MF0001", "run_hours": "1500.5"},
            {"facility_code": "TA001", "run_hours": "1499"},
        ],
        "materials": [{"name": "原煤（烟煤）", "quantity": "3200.5", "unit": "t"}],
        "unpermitted_discharges": [
            {
                "outlet": "厂区北侧",
                "pollutant_code": "a21002",
                "first_day": "2025-01-10",
                "last_day": "2025-01-11",
                "explanation": "阀门误开",
            }
        ],
        "disclosures": [{"requirement": 1, "is_met": False, "explanation": "网站维护"}],
        "parts": [{"part": part, "text": f"正文：{text.zh}甲"} for part, text in PARTS.items()],
        "annexes": [
            {
                "attachment_id": "0199f0a2-1111-7c11-9a5b-0123456789ab",
                "purpose": "monitoring_report",
                "name": "一季度监测报告.pdf",
                "media_type": "application/pdf",
                "size_bytes": 778899,
                "sha256": "cd" * 32,
            },
            {"attachment_id": "0199f0a2-2222-7c11-9a5b-0123456789ab", "purpose": "photograph"},
        ],
        "x_whole": {"x_inner": "整份报告后来增加的成员"},
        **changes,
    }


def printed(**changes: Any) -> Printed:
    given: dict[str, Any] = {
        "document": document(),
        "basis": BASIS,
        "exceedances": [{**OVER, "scope": "outlet"}],
        "special_exceedances": [
            {**OVER, "day": "2025-02-12", "multiple": None, "limit": "0", "value": "3.125"}
        ],
        "warnings": [WARNING],
        "signature": SIGNATURE,
        **changes,
    }
    return Printed(**given)
