"""What the database itself refuses, whoever asks: these statements go past the service."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from tests.support.emergency import Response, ask, created


@pytest.fixture
async def sql(team: Response) -> AsyncIterator[Any]:
    url = make_url(team.town.stack.databases["emergency"]).set(drivername="postgresql")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    yield connection
    await connection.close()


@pytest.fixture
async def lot(team: Response, sql: Any) -> uuid.UUID:
    """A lot with ten units in the depot, four of them promised."""
    line = await team.stocked("10")
    created(await team.reserve(await team.new_incident(), ask(line, "4")))
    return await sql.fetchval("SELECT id FROM lot WHERE lot_number = $1", line["lot_number"])


@pytest.mark.parametrize(
    "change",
    [
        "reserved = 11",
        "reserved = -1",
        "on_hand = 3",
        "on_hand = -1, reserved = -1",
        "on_hand = on_hand - 7",
        "reserved = reserved + 7",
    ],
)
async def test_no_balance_is_promised_beyond_what_is_there(sql: Any, lot: uuid.UUID, change: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="ck_balance_reserved"):
        await sql.execute(f"UPDATE balance SET {change} WHERE lot_id = $1", lot)  # noqa: S608


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE movement SET quantity = 1 WHERE lot_id = $1",
        "DELETE FROM movement WHERE lot_id = $1",
        "UPDATE lot SET expires_on = NULL WHERE id = $1",
        "DELETE FROM lot WHERE id = $1",
    ],
)
async def test_the_ledger_and_the_lots_are_not_changed(sql: Any, lot: uuid.UUID, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await sql.execute(statement, lot)


@pytest.mark.parametrize("table", ["movement", "lot", "intake", "grading", "handover", "location"])
async def test_append_only_tables_are_not_emptied(sql: Any, table: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await sql.execute(f"TRUNCATE {table} CASCADE")


_MOVE = """
INSERT INTO movement (id, kind, lot_id, from_location_id, from_kind, to_location_id, to_kind, quantity, document_id,
                      recorded_by, recorded_at)
SELECT gen_random_uuid(), $2, $1, source.id, $3, target.id, $4, $5::numeric, gen_random_uuid(), 'test', now()
FROM (SELECT location_id AS id FROM balance WHERE lot_id = $1 LIMIT 1) AS depot,
     LATERAL (SELECT id FROM location WHERE kind = $3 AND ($3 <> 'depot' OR id = depot.id) LIMIT 1) AS source,
     LATERAL (SELECT id FROM location WHERE kind = $4 AND ($4 <> 'depot' OR id = depot.id) LIMIT 1) AS target
"""


@pytest.mark.parametrize(
    ("kind", "source", "target", "quantity", "constraint"),
    [
        ("dispatch", "depot", "transit", "0", "ck_movement_quantity"),
        ("dispatch", "depot", "transit", "-1", "ck_movement_quantity"),
        ("dispatch", "depot", "consumed", "1", "ck_movement_kind"),
        ("intake", "transit", "depot", "1", "ck_movement_kind"),
        ("return", "consumed", "depot", "1", "ck_movement_kind"),
    ],
)
async def test_a_movement_has_two_legs_that_go_together(
    sql: Any, lot: uuid.UUID, kind: str, source: str, target: str, quantity: str, constraint: str
) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match=constraint):
        await sql.execute(_MOVE, lot, kind, source, target, quantity)


async def test_a_movement_cannot_lie_about_the_kind_of_its_account(sql: Any, lot: uuid.UUID) -> None:
    lie = _MOVE.replace("target.id, $4,", "target.id, 'transit',")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await sql.execute(lie, lot, "dispatch", "depot", "consumed", "1")


@pytest.mark.parametrize(
    "change", ["dispatched = 5", "released = 5", "dispatched = -1", "dispatched = 3, released = 2"]
)
async def test_no_more_leaves_a_reservation_than_was_promised(sql: Any, lot: uuid.UUID, change: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="ck_reservation_line_quantity"):
        await sql.execute(f"UPDATE reservation_line SET {change} WHERE lot_id = $1", lot)  # noqa: S608


async def test_there_is_one_account_of_each_single_kind(sql: Any) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        await sql.execute("INSERT INTO location (id, kind) VALUES (gen_random_uuid(), 'transit')")
