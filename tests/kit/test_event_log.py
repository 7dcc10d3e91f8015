"""The event log on a real PostgreSQL: whoever reads by position misses nothing, however late a commit comes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase
from services.kit.sequencer import Sequencer, number_batch
from tests.kit.log_tools import Reader, number, number_all, write, write_committed


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    """A service's database with an empty log."""
    made = Database(await asyncio.to_thread(make_database, "services.waste"))
    yield made
    await made.close()


async def test_a_slow_transaction_is_never_skipped_by_a_reader(database: Database) -> None:
    reader = Reader(database)
    async with database.transaction() as slow:
        write(slow, "slow")
        await slow.flush()  # it has its place in the order of writing, but is not committed
        await write_committed(database, "fast")
        await number_all(database)
        await reader.read_to_end()
        assert reader.marks == ["fast"]
    await number_all(database)
    await reader.read_to_end()
    assert reader.marks == ["fast", "slow"]
    assert [row.position for row in reader.seen] == [1, 2]


async def test_an_event_that_is_not_yet_numbered_is_not_yet_read(database: Database) -> None:
    reader = Reader(database)
    await write_committed(database, "one")
    assert await reader.read() == []
    assert reader.position == 0
    await number_all(database)
    assert [row.subject for row in await reader.read()] == ["one"]


async def test_events_of_one_transaction_keep_their_order(database: Database) -> None:
    marks = [f"{index:03}" for index in range(150)]
    await write_committed(database, *marks)
    await number_all(database)
    reader = Reader(database)
    await reader.read_to_end(limit=7)
    assert reader.marks == marks


async def test_what_was_rolled_back_leaves_no_gap(database: Database) -> None:
    await write_committed(database, "before")
    with pytest.raises(LookupError):
        async with database.transaction() as session:
            write(session, "never")
            await session.flush()
            raise LookupError
    await write_committed(database, "after")
    await number_all(database)
    reader = Reader(database)
    await reader.read_to_end()
    assert [(row.subject, row.position) for row in reader.seen] == [("before", 1), ("after", 2)]


async def test_a_second_sequencer_stands_back_until_the_first_has_committed(database: Database) -> None:
    await write_committed(database, *"abcd")
    async with database.engine.begin() as first:
        from_first = await number_batch(first, batch=3)
        assert (from_first, await number(database)) == (3, 0)
    assert await number(database) == 1
    reader = Reader(database)
    await reader.read_to_end()
    assert [row.position for row in reader.seen] == [1, 2, 3, 4]


async def test_a_reader_moves_past_what_it_may_not_see_and_misses_nothing_of_its_own(
    database: Database,
) -> None:
    mine = Principal("e", "e", roles=(), scopes=frozenset(), usccs=("MINE",))
    reader = Reader(database, mine)
    for index in range(30):
        await write_committed(database, f"{index}", owner="MINE" if index % 7 == 3 else "OTHER")
    await number_all(database)
    await reader.read_to_end(limit=2)
    assert reader.marks == ["3", "10", "17", "24"]
    assert reader.position == 30


async def test_many_writers_and_two_sequencers_leave_one_gap_free_order(database: Database) -> None:
    pace, total = random.Random(152501), 120
    sequencers = [Sequencer(database, poll_seconds=0.001) for _ in range(2)]
    numbering = [asyncio.create_task(sequencer.run()) for sequencer in sequencers]
    readers = [Reader(database) for _ in range(2)]

    async def writer(name: str) -> None:
        for index in range(total // 6):
            async with database.transaction() as session:
                write(session, f"{name}{index:03}")
                await session.flush()
                await asyncio.sleep(pace.random() / 100)

    async def follow(reader: Reader) -> None:
        while len(reader.seen) < total:
            await reader.read(limit=5)
            await asyncio.sleep(0)

    try:
        async with asyncio.timeout(300):
            await asyncio.gather(*(writer(name) for name in "ABCDEF"), *map(follow, readers))
    finally:
        for task in numbering:
            task.cancel()
        await asyncio.gather(*numbering, return_exceptions=True)
    for reader in readers:
        assert [row.position for row in reader.seen] == list(range(1, total + 1))
        for name in "ABCDEF":  # one writer's events come in the order in which it committed them
            own = [mark for mark in reader.marks if mark.startswith(name)]
            assert own == [f"{name}{index:03}" for index in range(total // 6)]
