"""The sequencer is killed in mid-batch: positions stay gap-free, no event is lost, and another takes over."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase
from tests.faults.support.children import KILLED, child, ended, number_and_die, number_on
from tests.kit.log_tools import Reader, number, write_committed

pytestmark = pytest.mark.stack


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    made = Database(await asyncio.to_thread(make_database, "services.waste"), pool_size=4)
    yield made
    await made.close()


async def test_killed_between_numbering_and_commit_it_leaves_nothing_half_done(database: Database) -> None:
    marks = [f"{index:02}" for index in range(25)]
    await write_committed(database, *marks)
    assert await number(database, batch=5) == 5
    with child(number_and_die, database.url, 10) as sequencer:
        assert await ended(sequencer) == KILLED
    reader = Reader(database)
    await reader.read_to_end()
    assert reader.marks == marks[:5]
    async with asyncio.timeout(300):
        while not await number(database, batch=10):  # PostgreSQL frees the dead one's lock by itself
            await asyncio.sleep(0.01)
    while await number(database, batch=10):
        pass
    await reader.read_to_end()
    assert reader.marks == marks
    assert [row.position for row in reader.seen] == list(range(1, 26))


async def test_killed_at_any_moment_again_and_again_it_loses_and_doubles_nothing(database: Database) -> None:
    moment, reader, written = random.Random(152501), Reader(database), 0
    for _ in range(5):
        enough = written + 20
        with child(number_on, database.url) as sequencer:
            async with asyncio.timeout(300):
                while reader.position < enough:
                    await write_committed(database, f"{written:04}")
                    written += 1
                    await reader.read()
            await asyncio.sleep(moment.random() / 50)
            sequencer.kill()
    while await number(database):
        pass
    await reader.read_to_end()
    assert [row.position for row in reader.seen] == list(range(1, written + 1))
    assert reader.marks == [f"{index:04}" for index in range(written)]
