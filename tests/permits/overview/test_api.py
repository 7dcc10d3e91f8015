"""An enterprise at a glance."""

from __future__ import annotations

from tests.support.town import Town


async def test_the_overview_counts_what_is_owed_and_what_was_accepted(town: Town) -> None:
    holder = await town.holder()
    owed = await holder.obligations()
    submitted = await holder.submitted()
    reviewer = await town.staff("reviewer")
    path = f"/v1/permits/reports/{submitted['report']['id']}/reviews"
    assert (await reviewer.post(path, {"version": 1, "decision": "accept"})).status_code == 201
    seen = (await holder.get(f"/v1/permits/enterprises/{holder.uscc}/overview")).json()
    assert seen["open_obligations"] == len(owed) - 1
    assert seen["late_obligations"] == sum(each["days_late"] > 0 for each in owed[1:])
    assert seen["reports_accepted"] == 1
    assert [permit["permit_number"] for permit in seen["permits"]] == [holder.permit["permit_number"]]


async def test_another_enterprises_overview_is_not_there(town: Town) -> None:
    holder, other = await town.holder(), await town.holder()
    answer = await other.get(f"/v1/permits/enterprises/{holder.uscc}/overview")
    assert (answer.status_code, answer.json()["code"]) == (404, "enterprise_not_found")
