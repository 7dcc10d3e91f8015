"""Notices that move the due day of one period's reports, over HTTP through the gateway."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from services.kit.ids import new_id
from tests.permits.obligations.test_api import with_permit
from tests.permits.reading import is_problem, named
from tests.support.town import Town

PATH = "/v1/permits/obligations/due-overrides"
INDUSTRY = "4610"
"""Of no other test's permit: a notice reaches every permit of its industries."""


def notice(**changes: Any) -> dict[str, Any]:
    return {
        "kind": "annual",
        "period_end": "2028-12-31",
        "industry_codes": ["461"],
        "due_on": "2029-03-15",
        "source": "二环函〔2028〕9号",
        "noticed_on": "2028-12-20",
        **changes,
    }


async def test_a_notice_moves_what_is_to_come_and_says_so(town: Town) -> None:
    clerk, inspector = await town.staff("clerk"), await town.staff("inspector")
    holder, before = await with_permit(town, industry_code=INDUSTRY)
    events = await clerk.get("/v1/permits/events", after=0, wait=0, limit=1)
    assert events.status_code == 200
    answer = await clerk.post(PATH, notice())
    assert answer.status_code == 201, answer.text
    added = answer.json()
    assert added["moved"] >= 1
    for row in before:
        read = (await holder.get(f"/v1/permits/obligations/{row['id']}")).json()
        if (row["kind"], row["period_end"]) == ("annual", "2028-12-31"):
            assert (read["due_on"], read["due_basis"]) == ("2029-03-15", "二环函〔2028〕9号")
        else:
            assert (read["due_on"], read["due_basis"]) == (row["due_on"], row["due_basis"])
    trail = await (await town.staff("auditor")).get("/v1/permits/audit", record=added["id"])
    (kept,) = trail.json()["items"]
    assert kept["after"]["due_on"] == "2029-03-15"
    listed = (await inspector.get(PATH)).json()
    assert listed["items"][0] == added
    assert {each["period_end"] for each in listed["shipped"]} == {"2023-12-31", "2024-12-31"}


async def test_a_permit_that_is_entered_later_takes_it_and_one_of_another_industry_does_not(
    town: Town,
) -> None:
    clerk = await town.staff("clerk")
    answer = await clerk.post(PATH, notice(period_end="2027-12-31", due_on="2028-02-20"))
    assert answer.status_code == 201
    for industry, due_on in ((INDUSTRY, "2028-02-20"), ("4430", "2028-01-31")):
        _, rows = await with_permit(town, industry_code=industry)
        (row,) = [row for row in rows if (row["kind"], row["period_end"]) == ("annual", "2027-12-31")]
        assert row["due_on"] == due_on


async def test_everything_wrong_with_a_notice_is_named_at_once(town: Town) -> None:
    clerk = await town.staff("clerk")
    answer = await clerk.post(
        PATH, notice(period_end="2028-12-30", due_on="2028-12-01", industry_codes=["x"])
    )
    assert named(answer) == {
        ("/industry_codes/0", "string_pattern_mismatch"),
        ("/period_end", "not_a_period_end"),
        ("/due_on", "due_before_period_end"),
    }
    answer = await clerk.post(PATH, notice(period_end="9999-12-31", due_on="9999-12-31"))
    assert answer.status_code == 422
    answer = await clerk.post(PATH, notice(period_end="2028-12-30"))
    assert is_problem(answer, 422, "due_override_invalid")


async def test_enterprises_read_them_and_do_not_add_any(town: Town) -> None:
    holder = await town.holder()
    assert (await holder.get(PATH)).status_code == 200
    assert (await holder.post(PATH, notice())).status_code == 403
    assert (await (await town.staff("reviewer")).post(PATH, notice())).status_code == 403
    assert (await town.public.get(PATH)).status_code == 401


async def test_a_notice_and_a_report_at_once_leave_the_report_as_it_was_submitted(town: Town) -> None:
    """Whichever is first: the row lock lets one wait for the other."""
    clerk = await town.staff("clerk")
    holder, rows = await with_permit(town, industry_code="4620")
    (open_one,) = [row for row in rows if (row["kind"], row["period_end"]) == ("annual", "2025-12-31")]
    blank = (await holder.get(f"/v1/permits/obligations/{open_one['id']}/blank")).json()
    values = [{**value, "no_data_code": "stopped_production"} for value in blank["submission"]["values"]]
    report = {**blank["submission"], "production_days": 0, "values": values}
    day = (town.today + timedelta(days=3)).isoformat()
    moved = notice(period_end="2025-12-31", industry_codes=["462"], due_on=day)
    submitted, added = await asyncio.gather(
        holder.post("/v1/permits/reports", report, key=str(new_id())), clerk.post(PATH, moved)
    )
    assert (submitted.status_code, added.status_code) == (201, 201)
    read = (await holder.get(f"/v1/permits/obligations/{open_one['id']}")).json()
    assert read["state"] == "reported"
    assert (read["days_late"] == 0) == (read["due_on"] == day)
    assert read["days_late"] == submitted.json()["report"]["days_late"]


async def test_the_same_notice_twice_and_at_once_is_kept_once(town: Town) -> None:
    clerk = await town.staff("clerk")
    one = notice(industry_codes=["463", "464"], source="二环函〔2028〕10号")
    turned = {**one, "industry_codes": ["464", "463", "464"]}
    answers = await asyncio.gather(*(clerk.post(PATH, each) for each in (one, turned, one)))
    assert sorted(each.status_code for each in answers) == [201, 409, 409]
    (kept,) = [each.json() for each in answers if each.status_code == 201]
    for refused in (each for each in answers if each.status_code == 409):
        assert is_problem(refused, 409, "due_override_exists")
        assert refused.json()["due_override_id"] == kept["id"]
    assert (await clerk.post(PATH, {**one, "due_on": "2029-03-31"})).status_code == 201
