"""What a permit says beside its limits, over HTTP through the gateway."""

from __future__ import annotations

from typing import Any

import pytest

from tests.permits.reading import named
from tests.support.town import Town

PATH = "/v1/permits/permits"

TERMS: dict[str, Any] = {
    "holder": {"name": "测试热力", "address": "示例路1号", "legal_representative": "张某某"},
    "site_address": "示例路1号",
    "site_region_code": "152502",
    "authority": "锡林郭勒盟生态环境局",
    "production_facilities": [
        {"code": "MF0001", "name": "燃煤锅炉", "process": "供热", "capacity": "35 t/h"}
    ],
    "treatment_facilities": [
        {
            "code": "TA001",
            "name": "脱硫塔",
            "process": "石灰石-石膏湿法",
            "serves": ["MF0001"],
            "outlets": ["DA001"],
        }
    ],
    "operation": [{"subject": "TA001", "text": "与生产设施同步运行"}],
    "ledger": [
        {
            "category": "treatment",
            "content": "运行时间、用药量、脱硫效率",
            "frequency": {"count": 1, "per": "day", "every": 1},
            "form": "electronic",
            "kept_years": 5,
        }
    ],
    "disclosure": [{"content": "污染物排放浓度", "means": "全国排污许可证管理信息平台", "timing": "每季度"}],
    "fugitive": [{"subject": None, "text": "煤场封闭，转运皮带加罩"}],
    "other": [],
}
PLAN: list[dict[str, Any]] = [
    {
        "outlet_code": "DA001",
        "point": None,
        "pollutant_code": "a21026",
        "pollutant_name": "二氧化硫",
        "means": "automatic",
        "frequency": None,
        "fallback": {"count": 4, "per": "day", "every": 1},
        "sampling": None,
        "instrument": "烟气在线监测仪",
        "method": "HJ 76-2017",
    },
    {
        "outlet_code": None,
        "point": "厂界",
        "pollutant_code": "a34001",
        "pollutant_name": "总悬浮颗粒物",
        "means": "manual",
        "frequency": {"count": 1, "per": "quarter", "every": 1},
        "fallback": None,
        "sampling": "连续采样3次",
        "instrument": None,
        "method": "HJ 1263-2022",
    },
]


@pytest.fixture(scope="module")
async def content(town: Town) -> dict[str, Any]:
    """A right permit that says everything, of a new enterprise."""
    uscc, clerk = town.new_uscc(), await town.staff("clerk")
    assert (await clerk.post("/v1/permits/enterprises", town.enterprise_content(uscc))).status_code == 201
    sent = town.permit_content(uscc, terms=TERMS, monitoring=PLAN)
    sent["outlets"][0] |= {
        **{"longitude": "111.9772", "latitude": "43.6526", "height_m": "45"},
        **{"mode": "organised", "destination": "环境空气"},
    }
    return sent


async def test_a_permit_says_it_all_back(town: Town, content: dict[str, Any]) -> None:
    clerk = await town.staff("clerk")
    answer = await clerk.post(PATH, content)
    assert answer.status_code == 201, answer.text
    kept = (await clerk.get(answer.headers["location"])).json()
    assert (kept["terms"], kept["monitoring"]) == (TERMS, PLAN)
    outlet = {name: value for name, value in content["outlets"][0].items() if name != "limits"}
    assert kept["outlets"][0].items() >= outlet.items()


async def test_what_a_permit_says_of_an_outlet_or_facility_is_of_one_it_has(
    town: Town, content: dict[str, Any]
) -> None:
    clerk = await town.staff("clerk")
    treatment = TERMS["treatment_facilities"][0]
    wrong = {
        **content,
        "terms": {
            **TERMS,
            "treatment_facilities": [
                {**treatment, "serves": ["MF0002"]},
                {**treatment, "outlets": ["DA002"]},
            ],
        },
        "monitoring": [
            *PLAN,
            PLAN[0],
            {**PLAN[0], "outlet_code": "DW001"},
            {**PLAN[1], "point": None},
            {**PLAN[1], "frequency": None, "point": "上风向"},
            {**PLAN[1], "frequency": {"count": 0, "per": "quarter"}, "point": "下风向"},
        ],
    }
    answer = await clerk.post(PATH, wrong)
    assert named(answer) == {
        ("/terms/treatment_facilities/0/serves/0", "facility_not_permitted"),
        ("/terms/treatment_facilities/1", "facility_repeated"),
        ("/terms/treatment_facilities/1/outlets/0", "outlet_not_permitted"),
        ("/monitoring/2", "row_repeated"),
        ("/monitoring/3/outlet_code", "outlet_not_permitted"),
        ("/monitoring/4/point", "place_unclear"),
        ("/monitoring/5/frequency", "frequency_missing"),
        ("/monitoring/6/frequency/count", "greater_than_equal"),
    }


async def test_a_ledger_is_kept_five_years_at_least(town: Town, content: dict[str, Any]) -> None:
    clerk = await town.staff("clerk")
    short = {**TERMS, "ledger": [{**TERMS["ledger"][0], "kept_years": 4}]}
    answer = await clerk.post(PATH, {**content, "terms": short})
    assert named(answer) == {("/terms/ledger/0/kept_years", "greater_than_equal")}
