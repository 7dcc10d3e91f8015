"""A connection beside a service, and waiting until something waits for a lock, however long that takes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

_WAITING = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%' || $1 || '%'
"""


@asynccontextmanager
async def beside(url: str) -> AsyncIterator[Any]:
    """Another connection to a service's database."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(plain)
    try:
        yield connection
    finally:
        await connection.close()


async def waiting(connection: Any, table: str) -> list[int]:
    """The server processes of statements that name `table` and wait for a lock, as of now."""
    await connection.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees one state of the server
    return [row["pid"] for row in await connection.fetch(_WAITING, table)]


async def until_it_waits(
    connection: Any, task: asyncio.Task[Any], *, table: str, as_number: int = 1
) -> list[int]:
    """Returns once the task's statement waits behind `as_number - 1` others; the processes that wait."""
    async with asyncio.timeout(30):
        while len(found := await waiting(connection, table)) < as_number:
            assert not task.done()
            await asyncio.sleep(0.01)
    return found
