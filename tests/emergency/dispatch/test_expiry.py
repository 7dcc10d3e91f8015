"""An expired lot is stopped on every path by the same finding: into stock, promised, out, and back."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import httpx
import pytest

from services.emergency.dispatch import dispatching, reserving
from services.emergency.dispatch.errors import DispatchInvalid
from services.emergency.dispatch.schemas import DispatchCreate, ReservationCreate
from services.emergency.stock import intake
from services.emergency.stock.schemas import IntakeCreate
from services.kit import clock
from services.kit.auth import Principal
from services.kit.receipt_keys import ReceiptOffice
from tests.support.emergency import Response, ask, created, lot_line, named

STAFF = Principal("staff", "staff", roles=(), scopes=frozenset(), every_enterprise=True)


def assert_expired(answer: httpx.Response, pointer: str) -> None:
    assert answer.status_code == 422, answer.text
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        (pointer, "lot_expired")
    ]
    assert answer.json()["errors"][0]["article"] == "突发事件应对法 第四十五条"


@pytest.fixture
async def stale(team: Response) -> dict[str, Any]:
    """Ten units that were taken in a hundred days ago and expired yesterday."""
    item = await team.new_item()
    line = lot_line(item["code"], "10", expires_in=-1)
    content = IntakeCreate.model_validate(
        {"depot_code": team.depot["code"], "supplier": "示例物资公司", "lines": [line]}
    )
    with clock.at(clock.now() - timedelta(days=100)):
        async with team.town.stack.apps["emergency"].state.kit.database.transaction() as session:
            await intake.take_in(session, STAFF, content)
    return line


async def test_expired_goods_are_not_taken_into_stock(team: Response) -> None:
    item = await team.new_item()
    line = lot_line(item["code"], "10", expires_in=-1)
    content = {"depot_code": team.depot["code"], "supplier": "示例物资公司", "lines": [line]}
    assert_expired(await team.store.post("/v1/emergency/stock/intakes", content), "/lines/0/expires_on")


async def test_a_lot_is_good_through_the_end_of_its_last_day(team: Response) -> None:
    line = await team.stocked("10", expires_in=0)
    created(await team.reserve(await team.new_incident(), ask(line, "10")))


async def test_an_expired_lot_is_passed_over_and_its_units_are_named(
    team: Response, stale: dict[str, Any]
) -> None:
    assert (await team.balances(stale))[team.depot["code"]] == ("10", "0", "0")
    refused = await team.reserve(await team.new_incident(), ask(stale, "1"))
    assert refused.status_code == 409
    assert refused.json()["shortfalls"][0]["expired"] == "10"
    good = lot_line(stale["item_code"], "3")
    await team.take_in(good)
    made = created(await team.reserve(await team.new_incident(), ask(stale, "3")))
    assert [line["lot_number"] for line in made["lines"]] == [good["lot_number"]]
    assert [(lot["lot_number"], lot["reason"]) for lot in made["skipped"]] == [
        (stale["lot_number"], "expired")
    ]


async def test_an_expired_lot_is_not_promised_even_where_it_is_named(
    team: Response, stale: dict[str, Any]
) -> None:
    line = named(stale, "1", depot_code=team.depot["code"])
    assert_expired(await team.reserve(await team.new_incident(), line), "/lines/0/lot_number")


async def test_a_lot_that_expired_after_it_was_promised_does_not_leave(team: Response) -> None:
    line = await team.stocked("5", expires_in=3)
    incident = await team.new_incident()
    kit = team.town.stack.apps["emergency"].state.kit
    content = ReservationCreate.model_validate(
        {"incident_id": incident["id"], "hold_hours": 200, "lines": [ask(line, "5")]}
    )
    async with kit.database.transaction() as session:
        made = await reserving.reserve(session, STAFF, content)
    office = ReceiptOffice(keys=kit.receipt_keys, issuer=kit.shared.issuer)
    for lines in (None, [{"position": 1, "quantity": "1"}]):
        wanted = DispatchCreate.model_validate(
            {"reservation_id": str(made.id), "depot_code": team.depot["code"], "lines": lines}
        )
        with clock.at(clock.now() + timedelta(days=4)), pytest.raises(DispatchInvalid) as refused:
            async with kit.database.transaction() as session:
                await dispatching.dispatch(session, STAFF, wanted, office=office)
        assert [error.code for error in refused.value.errors] == ["lot_expired"]
    assert (await team.balances(line))[team.depot["code"]] == ("5", "5", "0")


async def test_a_lot_that_expired_at_the_incident_does_not_come_back_but_can_be_written_off(
    team: Response,
) -> None:
    line = await team.stocked("5")
    incident = await team.new_incident()
    await team.on_site(incident, line, "5")
    await expire(team, line)
    assert_expired(await team.give_back(incident, line, "5"), "/lines/0/lot_number")
    created(await team.use(incident, named(line, "5", outcome="lost")))
    assert await team.balances(line) == {}


async def expire(team: Response, line: dict[str, Any]) -> None:
    """Moves the lot's dates into the past behind the service's back: time does not pass in a test."""
    database = team.town.stack.apps["emergency"].state.kit.database
    async with database.engine.begin() as connection:
        for statement in (
            "ALTER TABLE lot DISABLE TRIGGER lot_append_only",
            "UPDATE lot SET expires_on = current_date - 2 WHERE lot_number = '{}'".format(line["lot_number"]),  # noqa: S608
            "ALTER TABLE lot ENABLE TRIGGER lot_append_only",
        ):
            await connection.exec_driver_sql(statement)


async def test_a_wrong_incident_is_not_found_before_any_goods_are_looked_at(team: Response) -> None:
    line = await team.stocked("5")
    answer = await team.reserve({"id": str(uuid.uuid4())}, ask(line, "1"))
    assert (answer.status_code, answer.json()["code"]) == (404, "incident_not_found")
