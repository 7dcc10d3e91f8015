"""Outlets that the permit does not have, and disclosure not made, as a report tells them; through the gateway."""

from __future__ import annotations

from typing import Any

from tests.permits.reading import named, walked
from tests.support.town import Holder, Town

REPORTS, VIOLATIONS = "/v1/permits/reports", "/v1/permits/violations"
TERMS = {"disclosure": [{"content": "排放信息", "means": "单位网站", "timing": "每季度结束后15日"}]}
OUTLET = {
    "outlet": "厂区北侧",
    "pollutant_code": "a21026",
    "first_day": "2025-02-10",
    "last_day": "2025-02-11",
    "explanation": "检修期间临时排放，已封堵",
}


async def of_kind(holder: Holder, kind: str) -> list[dict[str, Any]]:
    return [row for page in await walked(holder, VIOLATIONS, kind=kind) for row in page]


async def test_article_36_what_a_report_says_of_itself_is_a_violation_until_it_is_corrected(
    town: Town,
) -> None:
    holder = await town.holder(terms=TERMS)
    report = await holder.report()
    said = {
        "unpermitted_discharges": [OUTLET],
        "disclosures": [{"requirement": 1, "is_met": False, "explanation": "网站故障"}],
    }
    answer = await holder.post(REPORTS, {**report, **said})
    assert answer.status_code == 201, answer.text
    (outlet,), (undisclosed,) = await of_kind(holder, "wrong_outlet"), await of_kind(holder, "undisclosed")
    assert (outlet["outlet_code"], outlet["period_start"], outlet["finding"]) == (
        OUTLET["outlet"],
        OUTLET["first_day"],
        OUTLET["explanation"],
    )
    assert (undisclosed["finding"], undisclosed["state"]) == ("网站故障", "open")
    for each in (outlet, undisclosed):
        assert each["penalty"]["article"] == "排污许可管理条例 第三十六条"
        assert (each["penalty"]["min_yuan"], each["penalty"]["max_yuan"]) == (20000, 200000)
    path = f"{REPORTS}/{answer.json()['report']['id']}/versions"
    kept = {name: report[name] for name in ("production_days", "values")}
    met = {"disclosures": [{"requirement": 1, "is_met": True}]}
    anew = {**kept, **met, "unpermitted_discharges": [OUTLET], "corrects_version": 1, "reason": "已公开"}
    assert (await holder.post(path, anew)).status_code == 201
    (outlet,), (undisclosed,) = await of_kind(holder, "wrong_outlet"), await of_kind(holder, "undisclosed")
    assert (outlet["state"], undisclosed["resolution"]) == ("open", "corrected")
    again = {**kept, **said, "corrects_version": 2, "reason": "仍未公开"}
    assert (await holder.post(path, again)).status_code == 201
    (undisclosed,) = await of_kind(holder, "undisclosed")
    assert undisclosed["state"] == "open"


async def test_everything_wrong_with_what_is_said_is_named_at_once(town: Town) -> None:
    holder = await town.holder(terms=TERMS)
    said = {
        "unpermitted_discharges": [
            {**OUTLET, "outlet": "DA001", "first_day": "2025-02-12"},
            {**OUTLET, "first_day": "2024-12-31"},
            {**OUTLET, "first_day": "2024-12-31"},
        ],
        "disclosures": [
            {"requirement": 1, "is_met": False},
            {"requirement": 1, "is_met": True},
            {"requirement": 2, "is_met": True},
        ],
    }
    assert named(await holder.post(REPORTS, {**await holder.report(), **said})) == {
        ("/unpermitted_discharges/0/outlet", "outlet_is_permitted"),
        ("/unpermitted_discharges/0/last_day", "validity_reversed"),
        ("/unpermitted_discharges/1/first_day", "day_outside_period"),
        ("/unpermitted_discharges/2/first_day", "day_outside_period"),
        ("/unpermitted_discharges/2", "value_repeated"),
        ("/disclosures/0/explanation", "reason_needed"),
        ("/disclosures/1", "value_repeated"),
        ("/disclosures/2/requirement", "requirement_unknown"),
    }
