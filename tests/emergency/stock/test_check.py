"""One call proves the books, and finds what was changed behind the service's back."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.emergency import Response, ask, created


async def meddle(team: Response, change: str, lot_number: str) -> None:
    """`table SET what [AT kind]`, for the rows of one lot."""
    table, _, rest = change.partition(" SET ")
    what, _, kind = rest.partition(" AT ")
    where = "lot_id = (SELECT id FROM lot WHERE lot_number = :lot)"
    if kind:
        where += f" AND location_id IN (SELECT id FROM location WHERE kind = '{kind}')"  # noqa: S608
    engine = team.town.stack.apps["emergency"].state.kit.database.engine
    async with engine.begin() as connection:
        statement = f"UPDATE {table} SET {what} WHERE {where}"  # noqa: S608
        await connection.execute(sa.text(statement), {"lot": lot_number})


@pytest.mark.parametrize(
    ("forge", "repair", "measures"),
    [
        (
            "balance SET on_hand = on_hand + 1 AT depot",
            "balance SET on_hand = on_hand - 1 AT depot",
            {"on_hand"},
        ),
        (
            "balance SET reserved = reserved - 1 AT depot",
            "balance SET reserved = reserved + 1 AT depot",
            {"reserved"},
        ),
        ("reservation_line SET released = 1", "reservation_line SET released = 0", {"reserved"}),
        ("dispatch_line SET lost = 1", "dispatch_line SET lost = 0", {"in_transit"}),
        (
            "balance SET on_hand = on_hand - 1 AT transit",
            "balance SET on_hand = on_hand + 1 AT transit",
            {"on_hand", "in_transit"},
        ),
    ],
)
async def test_a_changed_row_is_found_and_named(
    team: Response, forge: str, repair: str, measures: set[str]
) -> None:
    line = await team.stocked("10")
    reservation = created(await team.reserve(await team.new_incident(), ask(line, "6")))
    await team.dispatched(reservation, lines=[{"position": 1, "quantity": "2"}])
    before = await team.proof()
    assert (before["balanced"], before["differences"]) == (True, [])
    await meddle(team, forge, line["lot_number"])
    try:
        found = await team.proof()
    finally:
        await meddle(team, repair, line["lot_number"])
    assert found["balanced"] is False
    assert {each["measure"] for each in found["differences"]} == measures
    assert {each["lot_number"] for each in found["differences"]} == {line["lot_number"]}
    assert (await team.proof())["balanced"] is True


async def test_the_ledger_lists_the_movements_of_a_document_in_order(team: Response) -> None:
    line = await team.stocked("10")
    dispatch = await team.on_site(await team.new_incident(), line, "4")
    answer = await team.duty.get("/v1/emergency/stock/movements", document_id=dispatch["id"])
    movements: list[dict[str, Any]] = answer.json()["items"]
    assert [(each["kind"], each["from_kind"], each["to_kind"], each["quantity"]) for each in movements] == [
        ("dispatch", "depot", "transit", "4")
    ]
    of_lot = await team.duty.get("/v1/emergency/stock/movements", lot_id=movements[0]["lot_id"])
    assert [each["kind"] for each in of_lot.json()["items"]] == ["intake", "dispatch", "arrival"]
    sequences = [each["sequence"] for each in of_lot.json()["items"]]
    assert sequences == sorted(sequences)
