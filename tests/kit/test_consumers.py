"""Consumers on the feed of the running permits service: each event takes effect once, whatever goes wrong."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.consumers import (
    Consumer,
    Event,
    Handler,
    MovedElsewhereError,
    apply_next,
    replay_from,
    run,
)
from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase
from services.kit.reading import PURPOSE_HEADER
from tests.kit import effects
from tests.kit.feed_tools import ACCEPTED, FEED, SUBMITTED, accepted, read_from, settled
from tests.support.town import Town


@dataclass
class Rig:
    """A consumer's own database, and events of one enterprise on the way to it."""

    database: Database
    consumer: Consumer
    facts: list[dict[str, Any]]
    end: int

    def with_handler(self, handler: Handler) -> Consumer:
        return replace(self.consumer, handlers=dict.fromkeys(self.consumer.handlers, handler))

    async def catch_up(self, consumer: Consumer | None = None, *, database: Database | None = None) -> None:
        """As `run` does it, to the present end of the feed."""
        chosen, own = consumer or self.consumer, database or self.database
        while (await effects.cursor(own, chosen.name) or 0) < self.end:
            try:
                await apply_next(own, chosen)
            except MovedElsewhereError:
                continue

    @property
    def positions(self) -> list[int]:
        return [int(fact["sequence"]) for fact in self.facts]


@pytest.fixture(scope="module")
async def empty(make_database: MakeDatabase) -> AsyncIterator[Database]:
    database = Database(await asyncio.to_thread(make_database, "services.waste"))
    await effects.make_tables(database)
    yield database
    await database.close()


@pytest.fixture
async def rig(town: Town, empty: Database) -> AsyncIterator[Rig]:
    """A new consumer that stands before four facts: two reports, each submitted and accepted."""
    async with empty.engine.begin() as connection:
        await connection.execute(text("TRUNCATE effect, standing"))
    holder, staff = await town.holder(in_time=True), await town.staff("inspector")
    before = await settled(town)
    for _ in range(2):
        await accepted(town, holder)
    end = await settled(town)
    async with httpx.AsyncClient(
        trust_env=False, timeout=60, headers={PURPOSE_HEADER: "supervision"}
    ) as client:
        url = town.stack.urls["permits"] + FEED
        name = f"test-{uuid.uuid4().hex[:8]}"
        made = effects.consumer(name, client, url, staff.token, kinds=(SUBMITTED, ACCEPTED))
        async with empty.transaction() as session:
            await replay_from(session, name, before)
        yield Rig(empty, made, await read_from(staff.http, before), end)


async def test_each_event_is_applied_once_and_in_order(rig: Rig) -> None:
    await rig.catch_up()
    assert await effects.applied(rig.database) == rig.positions
    assert await apply_next(rig.database, rig.consumer) == 0
    assert await effects.applied(rig.database) == rig.positions


async def test_types_without_a_handler_are_passed_over(rig: Rig) -> None:
    await rig.catch_up(replace(rig.consumer, handlers={ACCEPTED: effects.apply}))
    wanted = [int(fact["sequence"]) for fact in rig.facts if fact["type"] == ACCEPTED]
    assert await effects.applied(rig.database) == wanted
    assert await effects.cursor(rig.database, rig.consumer.name) == rig.end


async def test_effect_and_cursor_move_together_or_not_at_all(rig: Rig) -> None:
    class Interrupted(BaseException):
        """Like a cancelled task or a killed process: nobody handles it."""

    async def interrupted(session: AsyncSession, event: Event) -> None:
        await effects.apply(session, event)
        if int(event["sequence"]) == rig.positions[1]:
            raise Interrupted

    with pytest.raises(Interrupted):
        await rig.catch_up(rig.with_handler(interrupted))
    assert await effects.applied(rig.database) == rig.positions[:1]
    assert await effects.cursor(rig.database, rig.consumer.name) == rig.positions[0]
    await rig.catch_up()
    assert await effects.applied(rig.database) == rig.positions


async def test_a_replay_from_zero_gives_the_same_end_state(rig: Rig) -> None:
    async with rig.database.transaction() as session:
        await replay_from(session, rig.consumer.name, 0)
    await rig.catch_up()
    once, first = await effects.applied(rig.database), await effects.standings(rig.database)
    async with rig.database.transaction() as session:
        await replay_from(session, rig.consumer.name, 0)
    await rig.catch_up()
    assert await effects.applied(rig.database) == once + once
    assert await effects.standings(rig.database) == first


async def test_an_event_that_cannot_be_applied_is_parked_and_the_next_ones_go_on(rig: Rig) -> None:
    async def picky(session: AsyncSession, event: Event) -> None:
        await effects.apply(session, event)
        if int(event["sequence"]) == rig.positions[1]:
            raise LookupError("no such enterprise here")

    await rig.catch_up(rig.with_handler(picky))
    assert await effects.applied(rig.database) == [p for p in rig.positions if p != rig.positions[1]]
    kept = await effects.parked(rig.database, rig.consumer.name, rig.positions[1])
    assert kept is not None
    assert kept.error == "LookupError('no such enterprise here')"
    assert (kept.event, kept.resolved_at) == (rig.facts[1], None)
    assert await effects.parked(rig.database, rig.consumer.name, rig.positions[0]) is None


async def test_an_event_that_breaks_a_rule_of_the_database_is_parked(rig: Rig) -> None:
    async def broken(session: AsyncSession, event: Event) -> None:
        await effects.apply(session, {**event, "subject": None})

    await rig.catch_up(rig.with_handler(broken))
    kept = await effects.parked(rig.database, rig.consumer.name, rig.positions[0])
    assert kept is not None
    assert "null value" in kept.error


@pytest.mark.parametrize(
    "fault",
    [
        ["SELECT pg_terminate_backend(pg_backend_pid())"],
        ["SET LOCAL statement_timeout = '1ms'", "SELECT pg_sleep(1)"],
        ["DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$"],
        ["DO $$ BEGIN RAISE SQLSTATE '53100'; END $$"],
    ],
    ids=["connection lost", "statement timed out", "deadlock", "disk full"],
)
async def test_a_fault_of_the_database_is_tried_again_and_parks_nothing(rig: Rig, fault: list[str]) -> None:
    pending = [fault]

    async def unlucky(session: AsyncSession, event: Event) -> None:
        await effects.apply(session, event)
        for statement in pending.pop() if pending else ():
            await (await session.connection()).execute(text(statement))

    with pytest.raises(Exception, match=r"terminat|closed|timeout|40P01|53100"):
        await apply_next(rig.database, rig.with_handler(unlucky))
    assert await effects.cursor(rig.database, rig.consumer.name) == rig.positions[0] - 1
    await rig.catch_up()
    assert await effects.applied(rig.database) == rig.positions
    assert await effects.parked(rig.database, rig.consumer.name, rig.positions[0]) is None


async def test_two_consumers_with_one_name_never_double(rig: Rig) -> None:
    async def slowly(session: AsyncSession, event: Event) -> None:
        await effects.apply(session, event)
        await asyncio.sleep(0.02)

    other = Database(rig.database.url, pool_size=3)
    try:
        await asyncio.gather(
            *(
                rig.catch_up(rig.with_handler(slowly), database=own)
                for own in (rig.database, rig.database, other)
            )
        )
    finally:
        await other.close()
    assert await effects.applied(rig.database) == rig.positions


async def test_a_consumer_outlives_a_feed_that_is_away_or_talks_nonsense(rig: Rig) -> None:
    trouble: list[Exception] = [httpx.ConnectError("away"), TypeError("not a feed")]

    async def shaky(after: int, wait: int) -> tuple[list[Event], int]:
        if trouble:
            raise trouble.pop()
        return await rig.consumer.fetch(after, 0)

    running = asyncio.create_task(run(rig.database, replace(rig.consumer, fetch=shaky)))
    try:
        async with asyncio.timeout(300):
            while await effects.cursor(rig.database, rig.consumer.name) != rig.end:
                assert not running.done()
                await asyncio.sleep(0.05)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert await effects.applied(rig.database) == rig.positions
