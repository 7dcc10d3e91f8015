"""A statement by the driver whose task is cancelled, at whatever await: the next transaction is none the worse."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from services.kit.database import Database
from services.kit.driven import Driven
from services.kit.pytest_plugin import MakeDatabase

_NOTE = sa.table("note", sa.column("number", sa.Integer))
_KEEP = Driven(_NOTE.insert().values(number=sa.bindparam("number")))


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    made = Database(await asyncio.to_thread(make_database, "services.waste"), pool_size=1)
    async with made.engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE note (number integer)")
    yield made
    await made.close()


async def _keep(database: Database, number: int) -> None:
    async with database.transaction() as session:
        await _KEEP.execute(session, number=number)


async def test_a_transaction_cancelled_as_it_begins_takes_none_of_the_next_ones_along(
    database: Database,
) -> None:
    """Cancelled within BEGIN, the connection went back as it was: within a transaction that nobody would commit."""
    for turns in range(30):
        leaving = asyncio.create_task(_keep(database, -1))
        for _ in range(turns):
            await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        async with asyncio.timeout(30):
            await _keep(database, turns)
    beside = Database(database.url, pool_size=1)
    async with beside.engine.connect() as connection:
        kept = await connection.scalars(sa.select(_NOTE.c.number).where(_NOTE.c.number >= 0))
        assert sorted(kept) == [*range(30)]
    await beside.close()
