"""Goods leave and arrive, in parts; nothing moves that is not there."""

from __future__ import annotations

import asyncio

from services.kit.ids import new_id
from tests.support.emergency import Response, ask, created, named


async def test_parts_leave_until_the_reservation_is_fulfilled(team: Response) -> None:
    line = await team.stocked("10")
    made = created(await team.reserve(await team.new_incident(), ask(line, "7")))
    path = f"/v1/emergency/reservations/{made['id']}"
    await team.dispatched(made, lines=[{"position": 1, "quantity": "4"}])
    read = (await team.duty.get(path)).json()
    assert (read["state"], read["lines"][0]["dispatched"]) == ("active", "4")
    await team.dispatched(made)
    assert (await team.duty.get(path)).json()["state"] == "fulfilled"
    late = await team.dispatch(made)
    assert (late.status_code, late.json()["code"]) == (409, "reservation_not_active")


async def test_two_dispatches_of_the_same_units_at_once_one_leaves(team: Response) -> None:
    for _ in range(5):
        line = await team.stocked("5")
        made = created(await team.reserve(await team.new_incident(), ask(line, "5")))
        answers = await asyncio.gather(*(team.dispatch(made) for _ in range(4)))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
        assert await team.balances(line) == {"transit": ("5", "0", "0")}


async def test_a_cancellation_and_a_dispatch_at_once_never_both_have_the_units(team: Response) -> None:
    for _ in range(5):
        line = await team.stocked("5")
        made = created(await team.reserve(await team.new_incident(), ask(line, "5")))
        path = f"/v1/emergency/reservations/{made['id']}/cancellation"
        answers = await asyncio.gather(team.dispatch(made), team.duty.post(path, {"reason": "取消"}))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        depot = team.depot["code"]
        left = {"transit": ("5", "0", "0")} if answers[0].status_code == 201 else {depot: ("5", "0", "5")}
        assert await team.balances(line) == left


async def test_everything_wrong_with_a_dispatch_is_said_at_once(team: Response) -> None:
    line = await team.stocked("5")
    other = await team.new_depot()
    await team.take_in({**line, "quantity": "5"}, depot_code=other["code"])
    incident = await team.new_incident()
    here, there = ask(line, "5", depot_code=team.depot["code"]), ask(line, "5", depot_code=other["code"])
    made = created(await team.reserve(incident, here, there))
    asked = [(1, "6"), (2, "1"), (3, "1"), (1, "0.5")]
    wrong = [{"position": position, "quantity": quantity} for position, quantity in asked]
    answer = await team.dispatch(made, lines=wrong)
    assert answer.status_code == 422
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/lines/0", "more_than_left"),
        ("/lines/1/position", "line_elsewhere"),
        ("/lines/2/position", "line_unknown"),
        ("/lines/3/position", "line_repeated"),
        ("/lines/3/quantity", "quantity_places"),
    }


async def test_shape_and_rules_of_a_dispatch_and_an_arrival_are_refused_together(team: Response) -> None:
    line = await team.stocked("5")
    made = created(await team.reserve(await team.new_incident(), ask(line, "5")))
    wrong = [{"position": 1, "quantity": "6"}, {"position": "1", "quantity": "1"}, {"position": 1}]
    answer = await team.dispatch(made, lines=wrong)
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/lines/0", "more_than_left"),
        ("/lines/1/position", "int_type"),
        ("/lines/2/quantity", "missing"),
    }
    dispatch = await team.dispatched(made)
    answer = await team.arrive(
        dispatch,
        {"position": 1, "received": "-1"},
        {"position": 2, "received": "1"},
        {"position": 1, "received": "9"},
    )
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/lines/0/received", "greater_than_equal"),
        ("/lines/1/position", "line_unknown"),
        ("/lines/2/position", "line_repeated"),
    }
    nowhere = await team.duty.post(f"/v1/emergency/dispatches/{new_id()}/arrivals", {"lines": "none"})
    assert nowhere.status_code == 422


async def test_a_depot_with_nothing_of_the_reservation_dispatches_nothing(team: Response) -> None:
    line = await team.stocked("5")
    made = created(await team.reserve(await team.new_incident(), ask(line, "5")))
    other = await team.new_depot()
    answer = await team.dispatch(made, depot_code=other["code"])
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == ["nothing_here"]


async def test_no_more_arrives_than_left_and_an_arrival_says_something(team: Response) -> None:
    line = await team.stocked("5")
    made = created(await team.reserve(await team.new_incident(), ask(line, "5")))
    dispatch = await team.dispatched(made)
    for stated, code in (
        ({"position": 1, "received": "4", "lost": "2"}, "more_than_left"),
        ({"position": 1, "received": "0"}, "nothing_stated"),
        ({"position": 2, "received": "1"}, "line_unknown"),
    ):
        answer = await team.arrive(dispatch, stated)
        assert [error["code"] for error in answer.json()["errors"]] == [code]
    created(await team.arrive(dispatch, {"position": 1, "received": "5"}))
    again = await team.arrive(dispatch, {"position": 1, "received": "1"})
    assert (again.status_code, again.json()["code"]) == (409, "dispatch_arrived")


async def test_no_more_comes_back_or_is_used_than_is_at_the_incident(team: Response) -> None:
    line = await team.stocked("10")
    incident = await team.new_incident()
    await team.on_site(incident, line, "6")
    expected = {
        "item_code": line["item_code"],
        "lot_number": line["lot_number"],
        "at": incident["number"],
        "unit": "piece",
        "asked": "7",
        "left": "6",
    }
    for answer in (await team.give_back(incident, line, "7"), await team.use(incident, named(line, "7"))):
        assert (answer.status_code, answer.json()["code"]) == (409, "insufficient_stock")
        assert answer.json()["shortfalls"] == [expected]


async def test_a_return_and_a_use_of_the_same_units_at_once_one_is_booked(team: Response) -> None:
    line = await team.stocked("5")
    incident = await team.new_incident()
    await team.on_site(incident, line, "5")
    answers = await asyncio.gather(
        team.give_back(incident, line, "5"),
        team.use(incident, named(line, "5")),
        team.use(incident, named(line, "5")),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_goods_return_clean_or_not_at_all(team: Response) -> None:
    line = await team.stocked("5")
    incident = await team.new_incident()
    await team.on_site(incident, line, "5")
    content = {
        "incident_id": incident["id"],
        "depot_code": team.depot["code"],
        "condition": "contaminated",
        "lines": [named(line, "5")],
    }
    answer = await team.store.post("/v1/emergency/returns", content)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/condition"]


async def test_goods_may_come_back_into_another_depot(team: Response) -> None:
    line = await team.stocked("5")
    incident = await team.new_incident()
    await team.on_site(incident, line, "5")
    other = await team.new_depot()
    content = {
        "incident_id": incident["id"],
        "depot_code": other["code"],
        "condition": "clean",
        "lines": [named(line, "5")],
    }
    created(await team.store.post("/v1/emergency/returns", content))
    assert await team.balances(line) == {other["code"]: ("5", "0", "5")}
