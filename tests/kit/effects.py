"""A consumer whose effects can be counted: its database has a table in which a doubled effect would show."""

from __future__ import annotations

from typing import Any

import httpx
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.consumers import Consumer, Event, Handler, http_fetch
from services.kit.database import Database
from services.kit.tables import ConsumerRow, ParkedEventRow

# No key on purpose: applied twice is there twice.
_TABLES = (
    "CREATE TABLE effect (at bigserial, position bigint NOT NULL, subject text NOT NULL, kind text NOT NULL)",
    "CREATE TABLE standing (subject text PRIMARY KEY, kind text NOT NULL, position bigint NOT NULL)",
)
_APPLIED = "INSERT INTO effect (position, subject, kind) VALUES (:position, :subject, :kind)"
_STANDS = """
    INSERT INTO standing VALUES (:subject, :kind, :position)
    ON CONFLICT (subject) DO UPDATE SET kind = excluded.kind, position = excluded.position
"""


async def make_tables(database: Database) -> None:
    async with database.engine.begin() as connection:
        for statement in _TABLES:
            await connection.execute(text(statement))


async def apply(session: AsyncSession, event: Event) -> None:
    """Counts the event, and notes it as what its subject stands at."""
    told = {"position": int(event["sequence"]), "subject": event["subject"], "kind": event["type"]}
    connection = await session.connection()
    await connection.execute(text(_APPLIED), told)
    await connection.execute(text(_STANDS), told)


def consumer(
    name: str,
    client: httpx.AsyncClient,
    url: str,
    token: str,
    *,
    kinds: tuple[str, ...],
    handler: Handler = apply,
) -> Consumer:
    """Reads the feed at `url` with a token, as the services do."""

    async def current() -> str:
        return token

    fetch = http_fetch(client, url, token=current, batch=5)
    return Consumer(name=name, fetch=fetch, handlers=dict.fromkeys(kinds, handler))


async def applied(database: Database) -> list[int]:
    """Positions in the order in which they were applied."""
    return [row.position for row in await _rows(database, "SELECT position FROM effect ORDER BY at")]


async def standings(database: Database) -> list[Any]:
    return [tuple(row) for row in await _rows(database, "SELECT * FROM standing ORDER BY subject")]


async def _rows(database: Database, statement: str) -> list[Any]:
    async with database.engine.connect() as connection:
        return list((await connection.execute(text(statement))).all())


async def cursor(database: Database, name: str) -> int | None:
    async with database.transaction() as session:
        row = await session.get(ConsumerRow, name)
        return row.position if row else None


async def parked(database: Database, name: str, position: int) -> ParkedEventRow | None:
    async with database.transaction() as session:
        return await session.get(ParkedEventRow, (name, position))
