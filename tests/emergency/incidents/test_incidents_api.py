"""Incidents through the gateway: recorded, graded, answered for, closed."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.emergency.test_journey import feed
from tests.support.emergency import Response, ask, created, incident_content


async def post(team: Response, incident: dict[str, Any], what: str, body: Any) -> Any:
    return await team.duty.post(f"/v1/emergency/incidents/{incident['id']}/{what}", body)


async def test_numbers_are_gap_free_however_many_are_recorded_at_once(team: Response) -> None:
    before = (await team.new_incident())["number"]
    made = await asyncio.gather(*(team.new_incident() for _ in range(8)))
    place, year, serial = before.split("-")
    expected = [f"{place}-{year}-{int(serial) + step:03}" for step in range(1, 9)]
    assert sorted(incident["number"] for incident in made) == expected


async def test_a_grading_explains_itself_and_starts_the_clock(team: Response) -> None:
    incident = await team.new_incident(known_at=(content := incident_content())["known_at"])
    graded = created(
        await post(team, incident, "gradings", {"evacuated": 6000, "water_intake_cut": "township"})
    )
    assert (graded["grade"], graded["grade_table"]) == ("III", "national-plan-2014")
    assert [(row["fact"], row["value"], row["verified"]) for row in graded["gradings"][0]["fired"]] == [
        ("evacuated", "6000", True),
        ("water_intake_cut", "township", False),
    ]
    assert graded["report_due_at"] > content["known_at"]
    worse = created(await post(team, incident, "gradings", {"deaths": 10}))
    assert (worse["grade"], [each["grade"] for each in worse["gradings"]]) == ("II", ["III", "II"])


async def test_a_grading_without_a_fact_is_refused(team: Response) -> None:
    answer = await post(team, await team.new_incident(), "gradings", {})
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == ["no_facts"]


async def test_an_incident_of_2012_is_judged_by_the_table_of_2012(team: Response) -> None:
    old = {"happened_at": "2012-06-01T10:00:00+08:00", "known_at": "2012-06-01T11:00:00+08:00"}
    incident = await team.new_incident(**old)
    assert incident["number"].startswith("152501-2012-")
    undecided = await post(team, incident, "gradings", {"deaths": 1})
    assert (undecided.status_code, undecided.json()["code"]) == (422, "grade_undecided")
    assert created(await post(team, incident, "gradings", {"deaths": 10}))["grade"] == "I"


async def test_the_responsible_enterprise_is_recorded_once_and_told_to_credit(team: Response) -> None:
    incident, uscc = await team.new_incident(), team.town.new_uscc()
    created(await post(team, incident, "gradings", {"direct_loss_yuan": "5000000.00"}))
    body = {"uscc": uscc, "basis": "调查报告（演示）第3号"}
    answers = await asyncio.gather(*(post(team, incident, "responsibility", body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    recorded = next(answer.json() for answer in answers if answer.status_code == 201)
    told = [event for event in await feed(team) if event.get("owner") == uscc]
    assert [(event["type"], event["subject"]) for event in told] == [
        ("emergency.responsibility_recorded.v1", f"/v1/emergency/incidents/{incident['id']}")
    ]
    assert told[0]["data"] == {
        "incident_id": incident["id"],
        "incident_number": incident["number"],
        "uscc": uscc,
        "happened_at": recorded["happened_at"],
        "recorded_at": recorded["responsibility_recorded_at"],
        "kind": "transport",
        "grade": "III",
        "basis": body["basis"],
    }


async def test_an_incident_with_goods_promised_moving_or_there_is_not_closed(team: Response) -> None:
    line = await team.stocked("5")
    incident = await team.new_incident()

    async def refused() -> Any:
        answer = await post(team, incident, "closure", {"note": "终止"})
        assert (answer.status_code, answer.json()["code"]) == (409, "incident_not_settled")
        return answer.json()["open"]

    reservation = created(await team.reserve(incident, ask(line, "5")))
    assert await refused() == {"reserved": 1}
    dispatch = await team.dispatched(reservation, lines=[{"position": 1, "quantity": "5"}])
    assert await refused() == {"in_transit": 1}
    created(await team.arrive(dispatch, {"position": 1, "received": "5"}))
    assert await refused() == {"on_site": 1}
    created(await team.give_back(incident, line, "5"))
    assert created(await post(team, incident, "closure", {"note": "终止"}))["state"] == "closed"
    again = await post(team, incident, "closure", {"note": "终止"})
    assert (again.status_code, again.json()["code"]) == (409, "incident_closed")


async def test_an_incident_is_never_closed_over_a_reservation_made_at_the_same_time(team: Response) -> None:
    for _ in range(8):
        line = await team.stocked("5")
        incident = await team.new_incident()
        answers = await asyncio.gather(
            team.reserve(incident, ask(line, "5")), post(team, incident, "closure", {"note": "终止"})
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_shape_and_rules_of_an_incident_are_refused_together(team: Response) -> None:
    content = incident_content(kind="volcano", known_at="2012-06-01T11:00:00+08:00")
    answer = await team.duty.post("/v1/emergency/incidents", content)
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/kind", "literal_error"),
        ("/known_at", "known_before_it_happened"),
    }
    content = incident_content(happened_at="yesterday")
    answer = await team.duty.post("/v1/emergency/incidents", content)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/happened_at"]
