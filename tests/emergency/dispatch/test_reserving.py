"""Promising goods: who gets the last units, which lots are taken, what a refusal says."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.emergency.dispatch.reserving import cancel, reserve
from services.emergency.dispatch.schemas import CancellationCreate, ReservationCreate
from services.kit import clock
from services.kit.auth import Principal
from services.kit.ids import new_id
from tests.support.emergency import Response, ask, created, lot_line, named

OFFICER = Principal("duty", "duty", roles=("duty_officer",), scopes=frozenset(), every_enterprise=True)


async def test_two_requests_for_the_last_five_units_one_gets_them(team: Response) -> None:
    """InvenTree #12478: both requests got 201, and ten of five units were promised in nine runs of ten."""
    for _ in range(10):
        line = await team.stocked("5")
        one, other = await team.new_incident(), await team.new_incident()
        answers = await asyncio.gather(team.reserve(one, ask(line, "5")), team.reserve(other, ask(line, "5")))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
        won, lost = sorted((answer.json() for answer in answers), key=lambda body: body.get("status", 0))
        assert lost["code"] == "insufficient_stock"
        assert lost["shortfalls"] == [
            {
                "pointer": "/lines/0",
                "item_code": line["item_code"],
                "unit": "piece",
                "asked": "5",
                "left": "0",
                "expired": "0",
                "held": "5",
            }
        ]
        assert [held["reservation_id"] for held in lost["held_by"]] == [won["id"]]
        assert await team.balances(line) == {team.depot["code"]: ("5", "5", "0")}


async def test_fifty_requests_at_once_never_promise_more_than_there_is(team: Response) -> None:
    line = await team.stocked("20")
    incidents = [await team.new_incident() for _ in range(3)]
    asked = (team.reserve(incidents[number % 3], ask(line, "3")) for number in range(50))
    statuses = Counter(answer.status_code for answer in await asyncio.gather(*asked))
    assert statuses == {201: 6, 409: 44}
    assert await team.balances(line) == {team.depot["code"]: ("20", "18", "2")}


async def test_requests_that_name_the_same_goods_in_opposite_order_do_not_block_each_other(
    team: Response,
) -> None:
    lines = [await team.stocked("40") for _ in range(4)]
    incident = await team.new_incident()
    asked = [
        team.reserve(incident, *(ask(line, "1") for line in (lines if number % 2 else reversed(lines))))
        for number in range(30)
    ]
    assert {answer.status_code for answer in await asyncio.gather(*asked)} == {201}


async def test_what_expires_first_is_taken_first_and_what_is_passed_over_is_named(team: Response) -> None:
    item = await team.new_item()
    late, soon = lot_line(item["code"], "10", expires_in=300), lot_line(item["code"], "4", expires_in=30)
    await team.take_in(late, soon)
    made = created(await team.reserve(await team.new_incident(), ask(late, "4")))
    assert [(line["lot_number"], line["quantity"]) for line in made["lines"]] == [(soon["lot_number"], "4")]
    made = created(await team.reserve(await team.new_incident(), ask(late, "6")))
    assert [(line["lot_number"], line["quantity"]) for line in made["lines"]] == [(late["lot_number"], "6")]
    assert [(lot["lot_number"], lot["reason"]) for lot in made["skipped"]] == [(soon["lot_number"], "held")]


async def test_a_line_that_takes_any_lot_leaves_the_one_that_another_line_names(team: Response) -> None:
    item = await team.new_item()
    soon, late = lot_line(item["code"], "5", expires_in=30), lot_line(item["code"], "5", expires_in=300)
    await team.take_in(soon, late)
    code = team.depot["code"]
    answer = await team.reserve(await team.new_incident(), ask(soon, "5"), named(soon, "5", depot_code=code))
    lots = {line["asked_in"]: line["lot_number"] for line in created(answer)["lines"]}
    assert lots == {0: late["lot_number"], 1: soon["lot_number"]}


async def test_a_refusal_names_every_short_line_and_takes_nothing(team: Response) -> None:
    enough, short, none = [await team.stocked(each) for each in ("9", "2", "1")]
    lines = [ask(enough, "9"), ask(short, "3"), ask(none, "5")]
    answer = await team.reserve(await team.new_incident(), *lines)
    assert answer.status_code == 409
    assert [(each["pointer"], each["left"]) for each in answer.json()["shortfalls"]] == [
        ("/lines/1", "2"),
        ("/lines/2", "1"),
    ]
    assert await team.balances(enough) == {team.depot["code"]: ("9", "0", "9")}


async def test_everything_wrong_with_a_request_is_said_at_once_shape_and_rules_together(
    team: Response,
) -> None:
    line = await team.stocked("5")
    wrong: list[dict[str, Any]] = [
        ask({"item_code": "NO-SUCH"}, "1"),
        ask(line, "0.5"),
        named(line, "1"),
        named({"item_code": line["item_code"], "lot_number": "NONE"}, "1", depot_code="CK-NONE"),
        ask(line, "-1"),
    ]
    answer = await team.reserve(await team.new_incident(), *wrong)
    assert answer.status_code == 422
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/lines/0/item_code", "item_unknown"),
        ("/lines/1/quantity", "quantity_places"),
        ("/lines/2/depot_code", "depot_missing"),
        ("/lines/3/lot_number", "lot_unknown"),
        ("/lines/3/depot_code", "depot_unknown"),
        ("/lines/4/quantity", "quantity_out_of_range"),
    }


async def test_cancelling_releases_what_is_not_yet_dispatched_and_only_once(team: Response) -> None:
    line = await team.stocked("10")
    made = created(await team.reserve(await team.new_incident(), ask(line, "8")))
    await team.dispatched(made, lines=[{"position": 1, "quantity": "3"}])
    path = f"/v1/emergency/reservations/{made['id']}/cancellation"
    cancelled = created(await team.duty.post(path, {"reason": "现场不再需要"}))
    assert (cancelled["state"], cancelled["lines"][0]["released"]) == ("cancelled", "5")
    assert (await team.balances(line))[team.depot["code"]] == ("7", "0", "7")
    again = await team.duty.post(path, {"reason": "再次"})
    assert (again.status_code, again.json()["code"]) == (409, "reservation_not_active")
    late = await team.dispatch(made)
    assert (late.status_code, late.json()["code"]) == (409, "reservation_not_active")


async def test_a_reservation_past_its_time_is_never_dispatched_but_can_be_released(team: Response) -> None:
    line = await team.stocked("5")
    incident = await team.new_incident()
    database = team.town.stack.apps["emergency"].state.kit.database
    content = ReservationCreate.model_validate(
        {"incident_id": incident["id"], "hold_hours": 2, "lines": [ask(line, "5")]}
    )
    with clock.at(clock.now() - timedelta(hours=3)):
        async with database.transaction() as session:
            made = await reserve(session, OFFICER, content)
    answer = await team.dispatch({"id": str(made.id)})
    assert (answer.status_code, answer.json()["code"]) == (409, "reservation_lapsed")
    refused = await team.reserve(incident, ask(line, "1"))
    assert refused.json()["held_by"][0]["lapsed"] is True
    async with database.transaction() as session:
        await cancel(session, OFFICER, CancellationCreate(reason="过期"), reservation_id=made.id)
    created(await team.reserve(incident, ask(line, "5")))


async def test_the_same_key_reserves_once(team: Response) -> None:
    line = await team.stocked("10")
    incident, key = await team.new_incident(), str(new_id())
    answers = await asyncio.gather(*(team.reserve(incident, ask(line, "4"), key=key) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert await team.balances(line) == {team.depot["code"]: ("10", "4", "6")}


@pytest.mark.parametrize("quantity", ["0.001", "12.345", "999999.999"])
async def test_kilograms_are_exact_to_the_gram(team: Response, quantity: str) -> None:
    line = await team.stocked("1000000", unit="kg", name="活性炭")
    made = created(await team.reserve(await team.new_incident(), ask(line, quantity)))
    assert made["lines"][0]["quantity"] == quantity
    left = (await team.balances(line))[team.depot["code"]][2]
    assert Decimal(left) == Decimal(1_000_000) - Decimal(quantity)


async def test_nothing_is_reserved_for_a_closed_incident(team: Response) -> None:
    line = await team.stocked("5")
    incident = await team.new_incident()
    created(await team.duty.post(f"/v1/emergency/incidents/{incident['id']}/closure", {"note": "已处置"}))
    answer = await team.reserve(incident, ask(line, "1"))
    assert (answer.status_code, answer.json()["code"]) == (409, "incident_closed")
