"""How permits stand in a year, through the gateway: quota, permitted, reported, remaining, forecast."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.support.quotas import POSITIONS, granted, position_of
from tests.support.town import OUTLETS, Holder, Town

NOX = "nitrogen_oxides"


async def heating(town: Town) -> Holder:
    """A holder whose permit limits the yearly NOx of two outlets: 20 and 5.5 t/a."""
    holder = await town.holder()
    outlets = []
    for code, amount in (("DA001", "20"), ("DA002", "5.5")):
        limit = {
            **OUTLETS[0]["limits"][0],  # type: ignore[index]
            **{"pollutant_code": "a21002", "pollutant_name": "氮氧化物"},
        }
        yearly = {**limit, "kind": "annual_amount", "value": amount, "unit": "t/a"}
        outlets.append({**OUTLETS[0], "code": code, "limits": [limit, yearly]})
    clerk = await town.staff("clerk")
    content = town.permit_content(holder.uscc, serial=2, outlets=outlets)
    answer = await clerk.post("/v1/permits/permits", content)
    assert answer.status_code == 201, answer.text
    holder.permit = answer.json()
    return holder


async def report(
    holder: Holder, period_end: str, amounts: tuple[str | None, str], days: int
) -> dict[str, Any]:
    """Reports one quarter of 2025; an amount of None is an outlet that discharged nothing."""
    number = holder.permit["permit_number"]
    owed = await holder.obligations(permit_number=number, kind="quarterly", limit="100")
    (obligation,) = [each for each in owed if each["period_end"] == period_end]
    values = [
        {"outlet_code": code, "pollutant_code": "a21002", "no_data_code": "no_discharge"}
        if amount is None
        else {
            **{"outlet_code": code, "pollutant_code": "a21002", "concentration_max": "150"},
            **{"concentration_average": "100", "amount_t": amount, "method": "manual"},
        }
        for code, amount in zip(("DA001", "DA002"), amounts, strict=True)
    ]
    content = {"obligation_id": obligation["id"], "production_days": days, "values": values}
    answer = await holder.post("/v1/permits/reports", content)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()["report"]
    return made


async def test_a_position_has_quota_permitted_actual_and_forecast(town: Town) -> None:
    holder, reviewer = await heating(town), await town.staff("reviewer")
    number = holder.permit["permit_number"]
    await granted(town, holder, "24")
    first = await report(holder, "2025-03-31", ("6", "1.5"), 90)
    await report(holder, "2025-06-30", (None, "0.5"), 20)
    await reviewer.post(f"/v1/permits/reports/{first['id']}/reviews", {"version": 1, "decision": "accept"})
    found = await position_of(holder, number, NOX, year=2025)
    assert (found["quota_t"], found["permitted_t"], found["allowed_t"]) == ("24", "25.5", "24")
    assert (found["actual"]["amount_t"], found["remaining_t"]) == ("8.0", "16.0")
    assert (found["actual"]["state"], found["actual"]["complete"]) == ("mixed", False)
    assert found["actual"]["months_reported"] == [1, 2, 3, 4, 5, 6]
    # 110 days of production in the 181 of the half-year; 184 are left: 8 ÷ 110 × (110 ÷ 181 × 184)
    assert found["forecast"]["method"] == "production_days"
    assert found["forecast"]["expected_t"] == "16.132597"
    assert found["forecast"]["over_allowed"] is False
    assert found["forecast"]["estimates"][0]["working"] == "8 + 8 ÷ 110 d × (110 ÷ 181 × 184) d = 16.132597 t"


async def test_last_years_season_shapes_this_years_forecast(town: Town) -> None:
    holder = await heating(town)
    for end, amount, days in (
        ("2025-03-31", "8", 90),
        ("2025-06-30", "2", 30),
        ("2025-09-30", None, 0),
        ("2025-12-31", "10", 90),
    ):
        await report(holder, end, (amount, "0" if amount else None), days)
    await report(holder, "2026-03-31", ("4", "0"), 90)
    found = await position_of(holder, holder.permit["permit_number"], NOX, year=2026)
    assert found["forecast"]["method"] == "seasonal"
    assert Decimal(found["forecast"]["expected_t"]) == 10  # 4 + 12 × 4 ÷ 8
    assert Decimal(found["forecast"]["high_t"]) == 16  # 4 + 12, as it was
    assert [each["period_end"] for each in found["forecast"]["last_year"]][-1] == "2025-12-31"


async def test_what_is_not_known_is_null_and_never_zero(town: Town) -> None:
    holder = await town.holder()  # its permit limits no amount of NOx, and it has no quota
    await holder.submitted()
    found = await position_of(holder, holder.permit["permit_number"], NOX, year=2025)
    assert found["quota_t"] is None
    assert found["permitted_t"] is None
    assert found["actual"]["amount_t"] is None
    assert found["actual"]["reports"][0]["lines_without_amount"] == 1
    assert found["forecast"] is None


async def test_a_returned_report_does_not_count(town: Town) -> None:
    holder, reviewer = await heating(town), await town.staff("reviewer")
    made = await report(holder, "2025-03-31", ("6", "1.5"), 90)
    answer = await reviewer.post(
        f"/v1/permits/reports/{made['id']}/reviews",
        {"version": 1, "decision": "return", "comment": "核对产量"},
    )
    assert answer.status_code == 201
    found = await position_of(holder, holder.permit["permit_number"], NOX, year=2025)
    assert found["actual"]["state"] == "none"


async def test_lists_and_sums_are_of_the_callers_rows(town: Town) -> None:
    holder, other, clerk = await heating(town), await town.holder(), await town.staff("clerk")
    await granted(town, holder, "24")
    await report(holder, "2025-03-31", ("6", "1.5"), 90)
    mine = (await holder.get(POSITIONS, year=2025)).json()["items"]
    assert {each["uscc"] for each in mine} == {holder.uscc}
    assert (await other.get(POSITIONS, uscc=holder.uscc)).json()["items"] == []
    sums = (await clerk.get("/v1/permits/totals/summary", year=2025)).json()["groups"]
    (of_holder,) = [each for each in sums if each["group"] == holder.uscc]
    (nox,) = [each for each in of_holder["sums"] if each["pollutant"] == NOX]
    assert (nox["quota_t"], nox["permitted_t"], nox["actual_t"]) == ("24", "25.5", "7.5")
    assert nox["remaining_t"] == "16.5"


async def test_sums_go_by_class_and_division_of_gb_t_4754(town: Town) -> None:
    holder = await heating(town)
    for by, group in (("industry", "4430"), ("division", "44")):
        answer = await holder.get("/v1/permits/totals/summary", year=2025, by=by)
        assert [each["group"] for each in answer.json()["groups"]] == [group]


async def test_the_city_against_its_plan_says_what_is_missing(town: Town) -> None:
    holder, clerk = await heating(town), await town.staff("clerk")
    await report(holder, "2025-03-31", ("6", "1.5"), 90)
    lines = (await clerk.get("/v1/permits/totals/plan", year=2025)).json()["lines"]
    (nox,) = [each for each in lines if each["target"]["pollutant"] == NOX]
    assert nox["target"]["stated"] == "氮氧化物排放量减少比例（%）: 达到盟考核要求"
    assert (nox["required_percent"], nox["base_from"], nox["on_track"]) == ("10.000000", "none", None)
    assert nox["judged_by"] == "forecast"
    assert Decimal(nox["judged_t"]) >= Decimal("7.5")
    assert (await clerk.get("/v1/permits/totals/plan", year=2030)).json()["lines"] == []
    assert (await holder.get("/v1/permits/totals/plan")).status_code == 403


async def test_what_is_under_control_is_public(town: Town) -> None:
    answer = await town.public.get("/v1/permits/totals/control")
    assert [each["name"] for each in answer.json()["pollutants"]] == [
        "cod",
        "ammonia_nitrogen",
        "nitrogen_oxides",
        "vocs",
    ]


async def test_regulation_13_a_promise_and_the_plants_total_bind(town: Town) -> None:
    holder, clerk = await town.holder(), await town.staff("clerk")
    yearly = {
        **{"pollutant_code": "a21002", "pollutant_name": "氮氧化物", "kind": "annual_amount"},
        **{"value": "20", "promised_value": "18", "unit": "t/a", "valid_from": "2024-01-01"},
        **{"standard": "GB 13271-2014"},
    }
    outlets = [{**OUTLETS[0], "limits": [yearly]}]
    total = {
        **{"scope": "plant", "pollutant_code": "a21002", "pollutant_name": "氮氧化物"},
        **{"value": "17", "valid_from": "2026-01-01", "standard": "环评批复"},
    }
    content = town.permit_content(holder.uscc, serial=2, outlets=outlets, plant_limits=[total])
    answer = await clerk.post("/v1/permits/permits", content)
    assert answer.status_code == 201, answer.text
    number = answer.json()["permit_number"]
    by_year = [(await position_of(holder, number, NOX, year=year))["permitted_t"] for year in (2025, 2026)]
    assert by_year == ["18", "17"]
