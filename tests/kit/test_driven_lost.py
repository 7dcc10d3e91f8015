"""A statement by the driver on a connection that the server closes before, or as, the transaction begins."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from services.kit.database import Database, is_away
from services.kit.driven import Driven
from services.kit.pytest_plugin import MakeDatabase

_END_OURS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture(scope="module")
async def url(make_database: MakeDatabase) -> str:
    return await asyncio.to_thread(make_database, "services.waste")


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    made = Database(url, pool_size=1)
    yield made
    await made.close()


async def _ended_by_the_server(url: str, driver: Any, *, noticed: bool) -> None:
    admin = await asyncpg.connect(
        make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    )
    await admin.execute(_END_OURS)
    await admin.close()
    while noticed and not driver.is_closed():
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("noticed", [False, True])
async def test_it_says_that_the_database_is_away(database: Database, url: str, noticed: bool) -> None:
    one = Driven(sa.select(sa.literal(1)))
    with pytest.raises(sa.exc.DBAPIError) as raised:
        async with database.transaction() as session:
            raw = await (await session.connection()).get_raw_connection()
            await _ended_by_the_server(url, raw.driver_connection, noticed=noticed)
            await one.fetch(session)
    assert is_away(raised.value)
    async with database.transaction() as session:
        assert [tuple(row) for row in await one.fetch(session)] == [(1,)]
