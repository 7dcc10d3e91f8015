"""A consumer is killed between its effect and its cursor, and at any moment: each event takes effect once."""

from __future__ import annotations

import asyncio
import random
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from gateway.identity.tokens import Grant, TokenMint
from services.kit.consumers import replay_from
from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase
from tests.faults.support.children import KILLED, Consuming, child, consume, ended
from tests.kit import effects
from tests.kit.feed_tools import ACCEPTED, FEED, SUBMITTED, accepted, settled
from tests.support.town import Town

pytestmark = pytest.mark.stack


@dataclass
class Work:
    """Six facts that wait for a consumer, and its own database."""

    database: Database
    order: Consuming
    positions: list[int]

    @property
    def end(self) -> int:
        return self.positions[-1]

    async def cursor(self) -> int:
        return await effects.cursor(self.database, self.order.name) or 0

    async def done(self) -> None:
        async with asyncio.timeout(300):
            while await self.cursor() != self.end:
                await asyncio.sleep(0.02)


@pytest.fixture(scope="module")
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    made = Database(await asyncio.to_thread(make_database, "services.waste"), pool_size=4)
    await effects.make_tables(made)
    yield made
    await made.close()


def token_of_a_service(town: Town) -> str:
    """Which reads every event; anybody else would have to state a purpose."""
    mint = TokenMint(town.stack.token_keys, town.stack.shared.issuer, timedelta(minutes=15))
    scopes = frozenset({"events:read"})
    return mint.mint(Grant("consumer", "consumer", ("system", "service"), scopes, (), every_enterprise=True))


@pytest.fixture
async def work(town: Town, database: Database) -> Work:
    async with database.engine.begin() as connection:
        await connection.execute(text("TRUNCATE effect, standing"))
    holder = await town.holder(in_time=True)
    before = await settled(town)
    for _ in range(3):
        await accepted(town, holder)
    name, feed = f"test-{uuid.uuid4().hex[:8]}", town.stack.urls["permits"] + FEED
    async with database.transaction() as session:
        await replay_from(session, name, before)
    order = Consuming(database.url, name, feed, token_of_a_service(town), (SUBMITTED, ACCEPTED))
    return Work(database, order, list(range(before + 1, await settled(town) + 1)))


@pytest.mark.parametrize("which", [0, 3, 5], ids=["the first", "one in mid-batch", "the last"])
@pytest.mark.parametrize("committed", [False, True], ids=["before its commit", "after its commit"])
async def test_killed_at_an_event_it_takes_effect_once(work: Work, which: int, committed: bool) -> None:
    """Effect and cursor are there both or neither, so that the next process knows where to go on."""
    fatal = work.positions[which]
    with child(consume, replace(work.order, dies_at=fatal, dies_committed=committed)) as first:
        assert await ended(first) == KILLED
    assert await effects.applied(work.database) == work.positions[: which + committed]
    assert await work.cursor() == fatal - 1 + committed
    with child(consume, work.order):
        await work.done()
    assert await effects.applied(work.database) == work.positions


async def test_two_processes_with_one_name_killed_at_any_moment_never_double(work: Work) -> None:
    moment, slow = random.Random(152501), replace(work.order, pause=0.02)
    async with work.database.transaction() as session:
        await replay_from(session, work.order.name, 0)
    for _ in range(3):
        before = await work.cursor()
        with child(consume, slow), child(consume, slow):
            while await work.cursor() == before != work.end:
                await asyncio.sleep(0.005)
            await asyncio.sleep(moment.random() / 20)
    with child(consume, work.order):
        await work.done()
    applied = await effects.applied(work.database)
    assert len(applied) == len(set(applied))
    assert applied == sorted(applied)
    assert set(work.positions) <= set(applied)
    assert await effects.standings(work.database) == await _last_of_each(work.database)


async def _last_of_each(database: Database) -> list[object]:
    last = "SELECT DISTINCT ON (subject) subject, kind, position FROM effect ORDER BY subject, position DESC"
    async with database.engine.connect() as connection:
        return [tuple(row) for row in (await connection.execute(text(last))).all()]
