"""How the event log and the consumers of a service stand, in its real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.kit import clock
from services.kit.consumers import Consumer, replay_from
from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase
from services.kit.standing import consumer_standings, feed_standing
from services.kit.tables import ParkedEventRow
from tests.kit.log_tools import number, write_committed


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    """A service's database with an empty log."""
    made = Database(await asyncio.to_thread(make_database, "services.waste"))
    yield made
    await made.close()


async def no_feed(_: int, __: int) -> tuple[list[dict[str, object]], int]:
    return [], 0


async def test_the_feed_says_its_newest_position_and_what_waits_for_one(database: Database) -> None:
    await write_committed(database, "one", "two")
    while await number(database):
        pass
    async with database.transaction() as session:
        before = await feed_standing(session)
    await write_committed(database, "three")
    async with database.transaction() as session:
        after = await feed_standing(session)
    assert before["unnumbered"] == 0
    assert after == {"position": before["position"], "unnumbered": 1}


async def test_a_consumer_says_how_far_it_is_and_what_it_could_not_apply(database: Database) -> None:
    names = ("standing.a", "standing.b")
    reading, silent = (Consumer(name=name, source="credit", fetch=no_feed, handlers={}) for name in names)
    event = {"sequence": "7"}
    async with database.transaction() as session:
        await replay_from(session, "standing.a", 7)
        row = {"consumer": "standing.a", "event": event, "error": "x", "parked_at": clock.now()}
        session.add(ParkedEventRow(position=6, **row, resolved_at=clock.now()))
        session.add(ParkedEventRow(position=7, **row))
    async with database.transaction() as session:
        one, other = await consumer_standings(session, [reading, silent])
        assert await consumer_standings(session, []) == []
    assert (one["position"], one["parked"], one["reads"]) == (7, 1, "credit")
    assert one["moved_at"] is not None
    assert other.pop("silent_s") < 60
    assert other == {"name": "standing.b", "reads": "credit", "position": 0, "moved_at": None, "parked": 0}
