"""A process's database connections go to whoever asked first."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    made = Database(await asyncio.to_thread(make_database, "services.waste"), pool_size=1)
    yield made
    await made.close()


async def test_a_connection_goes_to_whoever_asked_first_and_not_to_who_comes_as_it_is_given_back(
    database: Database,
) -> None:
    order: list[str] = []

    async def work(name: str, times: int) -> None:
        for _ in range(times):
            async with database.transaction() as session:
                await session.exec(sa.text("SELECT 1"))  # type: ignore[call-overload]
                order.append(name)

    async def read(name: str) -> None:
        async with database.engine.connect() as connection:
            await connection.execute(sa.text("SELECT 1"))
            order.append(name)

    await asyncio.gather(work("busy", 5), work("patient", 1), read("reader"))
    assert order == ["busy", "patient", "reader", "busy", "busy", "busy", "busy"]


async def test_a_transaction_that_asks_nothing_holds_no_connection(database: Database) -> None:
    async with database.transaction(), asyncio.timeout(30):
        await database.ready()


async def test_who_finds_none_in_time_hears_it_and_leaves_nothing_behind(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database.engine.sync_engine.pool, "_timeout", 0.1)
    async with database.engine.connect():
        with pytest.raises(sa.exc.TimeoutError):
            await database.ready()
    await database.ready()
    assert database.engine.pool.status().startswith("Pool size: 1  Connections in pool: 1")


async def test_whoever_leaves_at_whatever_moment_no_connection_is_lost(database: Database) -> None:
    """Also one that is given away in the turn of the loop in which its receiver is cancelled."""
    chance = random.Random(7)

    async def work() -> None:
        async with database.transaction() as session:
            await session.exec(sa.text("SELECT 1"))  # type: ignore[call-overload]

    for _ in range(60):
        tasks = [asyncio.create_task(work()) for _ in range(4)]
        for _ in range(chance.randrange(30)):
            await asyncio.sleep(0)
        for task in chance.sample(tasks, 2):
            task.cancel()
        async with asyncio.timeout(30):
            await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(30):
        await database.ready()


async def test_who_waits_is_passed_over_once_gone_and_one_given_in_that_moment_goes_on(
    database: Database,
) -> None:
    """The receiver is cancelled after the connection was put into its hands, and before it could take it."""
    held = await database.engine.connect()
    first = asyncio.create_task(database.ready())
    second = asyncio.create_task(database.ready())
    await asyncio.sleep(0.01)
    await held.close()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    async with asyncio.timeout(30):
        await second


async def test_who_leaves_while_its_connection_is_made_leaves_the_making_to_who_waits() -> None:
    """Nobody else would: it would wait its whole time for a connection that there will never be."""
    asked = asyncio.Queue[None]()
    left = asyncio.Queue[None]()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.put_nowait(None)
        await reader.read()
        writer.close()
        await writer.wait_closed()
        left.put_nowait(None)

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    database = Database(f"postgresql+asyncpg://nobody@127.0.0.1:{port}/nothing?ssl=disable", pool_size=1)
    first = asyncio.create_task(database.ready())
    try:
        async with asyncio.timeout(8), server:  # it would wait for ten, and then make it itself
            await asked.get()
            second = asyncio.create_task(database.ready())
            await asyncio.sleep(0.05)
            assert asked.empty()
            first.cancel()
            await left.get()
            await asked.get()
            second.cancel()
            await left.get()
        await asyncio.gather(first, second, return_exceptions=True)
    finally:
        await database.close()
