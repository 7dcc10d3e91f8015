"""Rates, totals of the plant and special periods: judged in reports, violations with article; through the gateway."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.permits.reading import named, walked
from tests.support.alerts import red_alert
from tests.support.town import OUTLETS, Holder, Town

REPORTS, VIOLATIONS = "/v1/permits/reports", "/v1/permits/violations"
OF = {"pollutant_code": "a21026", "pollutant_name": "二氧化硫", "valid_from": "2024-01-01", "standard": "x"}
SPECIAL = {**OF, "period": "heavy_pollution", "kind": "daily_amount", "unit": "kg/d"}


@pytest.fixture
async def holder(town: Town) -> Holder:
    await red_alert(town)
    outlets: list[dict[str, Any]] = deepcopy(OUTLETS)
    outlets[0]["limits"].append({**OF, "kind": "emission_rate", "value": "2", "unit": "kg/h"})
    return await town.holder(
        outlets=outlets,
        plant_limits=[{**OF, "scope": "plant", "value": "20"}],
        special_limits=[
            {**SPECIAL, "alert_level": "orange", "outlet_code": "DA001", "value": "20"},
            {**SPECIAL, "alert_level": "red", "prohibited": True},
        ],
    )


async def report_of(holder: Holder, kind: str, start: str) -> dict[str, Any]:
    owed = await holder.obligations()
    at = [(each["kind"], each["period_start"]) for each in owed].index((kind, start))
    return {**await holder.report(at), "exceedance_explanation": "脱硫设施检修"}


async def of_kind(holder: Holder, kind: str) -> list[dict[str, Any]]:
    return [row for page in await walked(holder, VIOLATIONS, kind=kind) for row in page]


async def test_article_34_a_rate_over_its_limit_is_a_violation_and_a_correction_ends_it(
    holder: Holder,
) -> None:
    report = await report_of(holder, "quarterly", "2025-04-01")
    (line,) = [each for each in report["values"] if each["pollutant_code"] == "a21026"]
    line |= {"rate_max": "2500", "rate_unit": "g/h"}
    answer = await holder.post(REPORTS, report)
    assert answer.status_code == 201, answer.text
    (over,) = answer.json()["exceedances"]
    assert (over["kind"], over["value"], over["multiple"]) == ("emission_rate", "2.5", "0.25")
    (violation,) = await of_kind(holder, "numeric")
    assert (violation["limit_kind"], violation["penalty"]["article"]) == (
        "emission_rate",
        "排污许可管理条例 第三十四条",
    )
    line |= {"rate_max": "2", "rate_unit": "kg/h"}
    kept = {name: report[name] for name in ("production_days", "values")}
    path = f"{REPORTS}/{answer.json()['report']['id']}/versions"
    corrected = await holder.post(path, {**kept, "corrects_version": 1, "reason": "单位有误"})
    assert corrected.status_code == 201, corrected.text
    (violation,) = await of_kind(holder, "numeric")
    assert violation["resolution"] == "corrected"


async def test_article_34_the_total_of_the_plant_is_judged_in_the_report_of_a_year(holder: Holder) -> None:
    report = await report_of(holder, "annual", "2025-01-01")
    quiet = (await holder.post(f"{REPORTS}/checks", report)).json()
    assert "total_not_stated" in {each["code"] for each in quiet["warnings"]}
    total = {"scope": "plant", "pollutant_code": "a21026", "amount_t": "0.1"}
    refused = await holder.post(REPORTS, {**report, "totals": [total, {**total, "amount_t": "201"}]})
    assert named(refused) == {
        ("/totals/1", "total_repeated"),
        ("/totals/1/amount_t", "amount_implausible"),
        ("/totals/0/amount_t", "total_below_sum"),
    }
    answer = await holder.post(REPORTS, {**report, "totals": [{**total, "amount_t": "25"}]})
    assert answer.status_code == 201, answer.text
    (over,) = answer.json()["exceedances"]
    assert (over["outlet_code"], over["scope"], over["multiple"]) == ("", "plant", "0.25")
    assert answer.json()["document"]["totals"] == [{**total, "amount_t": "25"}]
    (violation,) = await of_kind(holder, "numeric")
    assert (violation["outlet_code"], violation["scope"]) == (None, "plant")


async def test_article_35_a_special_period_has_its_own_band_and_a_violation_for_each_day(
    holder: Holder,
) -> None:
    report = await report_of(holder, "quarterly", "2025-01-01")
    quiet = (await holder.post(f"{REPORTS}/checks", report)).json()
    assert [each["code"] for each in quiet["warnings"]].count("special_value_missing") == 2
    day = {"day": "2025-02-10", "pollutant_code": "a21026"}
    lines = [
        {**day, "outlet_code": "DA001", "amount_kg": "25"},
        {**day, "outlet_code": "DA001", "day": "2025-02-11", "amount_kg": "20"},
        {**day, "amount_kg": "25"},
    ]
    wrong = await holder.post(
        REPORTS, {**report, "special_values": [{**day, "day": "2025-02-12", "amount_kg": "1"}]}
    )
    assert named(wrong) == {("/special_values/0", "no_special_limit")}
    answer = await holder.post(REPORTS, {**report, "special_values": lines})
    assert answer.status_code == 201, answer.text
    found = [
        (each["day"], each["outlet_code"], each["limit"], each["multiple"])
        for each in answer.json()["special_exceedances"]
    ]
    assert found == [("2025-02-10", None, "0", None), ("2025-02-10", "DA001", "20", "0.25")]
    violations = await of_kind(holder, "special_period")
    assert {each["period_start"] for each in violations} == {"2025-02-10"}
    band = violations[0]["penalty"]
    assert (band["article"], band["min_yuan"], band["max_yuan"], band["serious_max_yuan"]) == (
        "排污许可管理条例 第三十五条",
        50000,
        200000,
        1000000,
    )
    read = (await holder.get(f"{REPORTS}/{answer.json()['report']['id']}")).json()["newest"]
    assert len(read["special_exceedances"]) == 2


async def test_article_13_each_day_of_a_special_period_is_judged_by_the_version_of_that_day(
    town: Town, holder: Holder
) -> None:
    clerk, number = await town.staff("clerk"), holder.permit["permit_number"]
    change = town.version_content(holder.uscc, basis={"effective_from": "2025-02-11"})
    answer = await clerk.post(f"/v1/permits/permits/{number}/versions", change)
    assert answer.status_code == 201, answer.text
    report = await report_of(holder, "quarterly", "2025-01-01")
    day = {"day": "2025-02-10", "outlet_code": "DA001", "pollutant_code": "a21026", "amount_kg": "25"}
    after = {**day, "day": "2025-02-11"}
    refused = await holder.post(REPORTS, {**report, "special_values": [day, after]})
    assert named(refused) == {("/special_values/1", "no_special_limit")}
    answer = await holder.post(REPORTS, {**report, "special_values": [day]})
    assert answer.status_code == 201, answer.text
    (over,) = answer.json()["special_exceedances"]
    assert (over["day"], over["limit"], over["multiple"]) == ("2025-02-10", "20", "0.25")
