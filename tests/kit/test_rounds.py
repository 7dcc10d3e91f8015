"""Periodic work: one process at a time, a transaction for each, and nothing that fails holds up the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import events, rounds
from services.kit.database import Database
from services.kit.event_catalogue import EventType
from services.kit.pytest_plugin import MakeDatabase
from services.kit.rounds import Round
from services.kit.schemas import Schema
from services.kit.service_metrics import RoundMetrics
from services.kit.texts import Text

SECOND = timedelta(seconds=1)
_DUE = "SELECT key FROM duty WHERE done = 0 ORDER BY key"
_DONE = "UPDATE duty SET done = done + 1 WHERE key = :key"


class Done(Schema):
    key: int


DONE = EventType("test.round_done.v1", Done, Text(zh="完成", en="Done"))


@pytest.fixture(scope="module")
async def made(make_database: MakeDatabase) -> AsyncIterator[Database]:
    database = Database(await asyncio.to_thread(make_database, "services.waste"), pool_size=3)
    async with database.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE duty (key int PRIMARY KEY, done int NOT NULL DEFAULT 0)"))
    yield database
    await database.close()


@pytest.fixture
async def database(made: Database) -> Database:
    """With three duties that are due."""
    async with made.engine.begin() as connection:
        await connection.execute(text("TRUNCATE duty"))
        await connection.execute(text("INSERT INTO duty VALUES (1), (2), (3)"))
    return made


async def due(session: AsyncSession) -> Iterable[int]:
    return list((await (await session.connection()).execute(text(_DUE))).scalars())


async def act(session: AsyncSession, key: int) -> None:
    await (await session.connection()).execute(text(_DONE), {"key": key})


async def done(database: Database) -> dict[int, int]:
    async with database.engine.connect() as connection:
        return {row.key: row.done for row in await connection.execute(text("SELECT * FROM duty"))}


async def test_what_is_due_is_done_and_a_second_round_finds_nothing(database: Database) -> None:
    each = Round("test", SECOND, due, act)
    assert await rounds.make(database, each)
    assert await rounds.make(database, each)
    assert await done(database) == {1: 1, 2: 1, 3: 1}
    assert (each.progress.done, each.progress.failed) == (3, 0)


async def test_one_that_fails_leaves_nothing_behind_and_holds_up_no_other(database: Database) -> None:
    broken = [True]

    async def picky(session: AsyncSession, key: int) -> None:
        await act(session, key)
        if key == 2 and broken:
            raise LookupError("no such enterprise")

    each = Round("test", SECOND, due, picky)
    await rounds.make(database, each)
    assert await done(database) == {1: 1, 2: 0, 3: 1}
    assert (each.progress.done, each.progress.failed) == (2, 1)
    broken.clear()
    await rounds.make(database, each)
    assert await done(database) == {1: 1, 2: 1, 3: 1}


async def test_of_two_processes_at_once_one_does_the_work(database: Database) -> None:
    async def slowly(session: AsyncSession, key: int) -> None:
        await act(session, key)
        await asyncio.sleep(0.05)

    other = Database(database.url, pool_size=2)
    try:
        worked = await asyncio.gather(
            *(rounds.make(own, Round("test", SECOND, due, slowly)) for own in (database, other))
        )
    finally:
        await other.close()
    assert sorted(worked) == [False, True]
    assert await done(database) == {1: 1, 2: 1, 3: 1}


async def test_rounds_of_different_names_do_not_wait_for_each_other(database: Database) -> None:
    async def inner(session: AsyncSession) -> None:
        return

    async def outer(session: AsyncSession) -> None:
        assert await rounds.make(database, rounds.whole("other", every=SECOND, work=inner))
        assert not await rounds.make(database, rounds.whole("test", every=SECOND, work=inner))

    each = rounds.whole("test", every=SECOND, work=outer)
    assert await rounds.make(database, each)
    assert (each.progress.done, each.progress.failed) == (1, 0)


async def test_cancelled_in_the_middle_it_leaves_what_was_committed_and_no_lock(database: Database) -> None:
    reached = asyncio.Event()

    async def stuck(session: AsyncSession, key: int) -> None:
        await act(session, key)
        if key == 2:
            reached.set()
            await asyncio.Event().wait()

    running = asyncio.create_task(rounds.make(database, Round("test", SECOND, due, stuck)))
    await reached.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await done(database) == {1: 1, 2: 0, 3: 0}
    assert await rounds.make(database, Round("test", SECOND, due, act))
    assert await done(database) == {1: 1, 2: 1, 3: 1}


async def test_a_database_that_is_away_ends_the_round_and_the_next_goes_on(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    pending = [True]

    async def unlucky(session: AsyncSession, key: int) -> None:
        await act(session, key)
        if key == 2 and pending:
            pending.clear()
            await (await session.connection()).execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    each = Round("test", timedelta(seconds=0.01), due, unlucky)
    monkeypatch.setattr(rounds, "_FIRST_WITHIN", 0)
    running = asyncio.create_task(rounds.run(database, [each]))
    try:
        async with asyncio.timeout(60):
            while await done(database) != {1: 1, 2: 1, 3: 1}:
                assert not running.done()
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert (each.progress.done, each.progress.failed, each.progress.broke_off) == (3, 0, 1)


async def test_events_of_a_round_wake_whoever_numbers_them(database: Database) -> None:
    woken = []

    async def tell(session: AsyncSession, key: int) -> None:
        await act(session, key)
        if key == 3:
            events.emit(session, kind=DONE, subject="/duty", fact=Done(key=key))

    await rounds.make(database, Round("test", SECOND, due, tell), wake=lambda: woken.append(1))
    assert woken == [1]


async def test_it_tells_what_it_did(database: Database) -> None:
    each = Round("test", SECOND, due, act)
    await rounds.make(database, each)
    told: dict[str, Any] = {
        sample.name: (sample.labels, sample.value)
        for family in RoundMetrics([each]).collect()
        for sample in family.samples
    }
    assert told["steppe_round_done_total"] == ({"round": "test"}, 3)
    assert told["steppe_round_failed_total"] == ({"round": "test"}, 0)
    assert told["steppe_round_idle_seconds"][1] < 60
