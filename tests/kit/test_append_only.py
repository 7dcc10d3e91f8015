"""PostgreSQL itself refuses to change what is append-only, whoever asks: the tables' owner and superuser included."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from services.kit.ids import new_id
from tests.support.town import Town

TABLES = (
    "event_log",
    "audit_log",
    "read_log",
    "permit_version",
    "outlet",
    "emission_limit",
    "report_version",
    "report_value",
    "review",
)
EVENT = """
    INSERT INTO event_log (id, type, subject, occurred_at, public, data)
    VALUES ($1, 'test.happened.v1', 'x', now(), false, '{}')
"""


@pytest.fixture(scope="module")
async def filled(town: Town) -> str:
    """The URL of a permits database with rows in every append-only table."""
    holder, reviewer = await town.holder(), await town.staff("reviewer")
    submitted = await holder.submitted()
    decided = await reviewer.post(
        f"/v1/permits/reports/{submitted['report']['id']}/reviews", {"version": 1, "decision": "accept"}
    )
    assert decided.status_code == 201, decided.text
    assert (await reviewer.get("/v1/permits/reports")).status_code == 200  # the read log
    url = make_url(town.stack.databases["permits"]).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


@pytest.fixture
async def connection(filled: str) -> AsyncIterator[Any]:
    """A connection whose work is rolled back, so that a refusal that fails harms no other test."""
    made = await asyncpg.connect(filled)
    transaction = made.transaction()
    await transaction.start()
    yield made
    await transaction.rollback()
    await made.close()


@pytest.mark.parametrize("table", TABLES)
async def test_no_row_is_deleted(connection: Any, table: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match=f"{table} is append-only: DELETE refused"):
        await connection.execute(f"DELETE FROM {table}")  # noqa: S608 - from the list above


@pytest.mark.parametrize("table", TABLES)
async def test_no_table_is_emptied(connection: Any, table: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="is append-only: TRUNCATE refused"):
        await connection.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", TABLES)
async def test_no_row_is_changed_not_even_to_what_it_is(connection: Any, table: str) -> None:
    column = await connection.fetchval(
        "SELECT column_name FROM information_schema.columns WHERE table_name = $1"
        " AND column_name NOT IN ('position', 'sequence') ORDER BY ordinal_position LIMIT 1",
        table,
    )
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match=f"{table} is append-only: UPDATE refused"):
        await connection.execute(f"UPDATE {table} SET {column} = {column}")  # noqa: S608


class TestPosition:
    @pytest.fixture
    async def event(self, connection: Any) -> Any:
        """The id of an event without a position; it is never committed, so that no sequencer sees it."""
        await connection.execute(EVENT, made := new_id())
        return made

    @pytest.fixture
    async def free(self, connection: Any) -> int:
        """A position that nobody will be given while the test runs."""
        return 2**62

    async def test_it_is_given_once(self, connection: Any, event: Any, free: int) -> None:
        await connection.execute("UPDATE event_log SET position = $2 WHERE id = $1", event, free)
        assert await connection.fetchval("SELECT position FROM event_log WHERE id = $1", event) == free

    @pytest.mark.parametrize("second", ["position + 1", "NULL", "position"])
    async def test_it_is_never_changed(self, connection: Any, event: Any, free: int, second: str) -> None:
        await connection.execute("UPDATE event_log SET position = $2 WHERE id = $1", event, free)
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="UPDATE refused"):
            await connection.execute(f"UPDATE event_log SET position = {second} WHERE id = $1", event)  # noqa: S608

    async def test_nothing_else_changes_with_it(self, connection: Any, event: Any, free: int) -> None:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="UPDATE refused"):
            await connection.execute(
                "UPDATE event_log SET position = $2, subject = 'y' WHERE id = $1", event, free
            )

    async def test_no_two_events_share_one(self, connection: Any, event: Any, free: int) -> None:
        await connection.execute("UPDATE event_log SET position = $2 WHERE id = $1", event, free)
        await connection.execute(EVENT, other := new_id())
        with pytest.raises(asyncpg.UniqueViolationError):
            await connection.execute("UPDATE event_log SET position = $2 WHERE id = $1", other, free)
