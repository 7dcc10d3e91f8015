"""The event feed over HTTP: what each caller sees, where it reads on, and that a waiting reader is woken."""

from __future__ import annotations

import asyncio
import itertools

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from tests.kit.feed_tools import ACCEPTED, FEED, SUBMITTED, accepted, ask, read_from, settled
from tests.support.town import Town


async def test_an_enterprise_sees_its_own_events_and_the_public_ones_only(town: Town) -> None:
    mine, other = await town.holder(in_time=True), await town.holder(in_time=True)
    before = await settled(town)
    own, foreign = await accepted(town, mine), await accepted(town, other)
    await settled(town)
    told = [(event["type"], event["subject"]) for event in await read_from(mine.http, before)]
    assert told == [(SUBMITTED, own), (ACCEPTED, own), (ACCEPTED, foreign)]


async def test_the_bureau_sees_everything(town: Town) -> None:
    holder = await town.holder(in_time=True)
    before = await settled(town)
    path = await accepted(town, holder)
    end = await settled(town)
    events = await read_from((await town.staff("inspector")).http, before)
    assert [int(event["sequence"]) for event in events] == list(range(before + 1, end + 1))
    assert [event["type"] for event in events if event["subject"] == path] == [SUBMITTED, ACCEPTED]


async def test_the_next_position_moves_past_events_that_the_caller_may_not_see(town: Town) -> None:
    mine, other = await town.holder(in_time=True), await town.holder(in_time=True)
    before = await settled(town)
    await other.submitted()
    end = await settled(town)
    assert end > before
    assert await ask(mine.http, after=before) == ([], end)


async def test_an_event_is_a_cloud_event_with_its_position_as_sequence(town: Town) -> None:
    holder = await town.holder(in_time=True)
    before = await settled(town)
    submitted = await holder.submitted()
    await settled(town)
    (event,) = await read_from(holder.http, before)
    assert int(event["sequence"]) > before
    assert event["specversion"] == "1.0"
    assert (event["source"], event["type"]) == ("/v1/permits", SUBMITTED)
    assert event["subject"] == f"/v1/permits/reports/{submitted['report']['id']}"
    assert event["data"]["document_sha256"] == submitted["receipt"]["document_sha256"]


async def test_pages_of_any_size_give_the_same_events(town: Town) -> None:
    holder = await town.holder(in_time=True)
    before = await settled(town)
    for _ in range(2):
        await accepted(town, holder)
    await settled(town)
    whole = await read_from(holder.http, before)
    assert len(whole) == 4
    for limit in (1, 2, 3):
        assert await read_from(holder.http, before, limit=limit) == whole


async def test_events_of_chosen_types_come_alone_and_the_position_passes_the_others(town: Town) -> None:
    holder = await town.holder(in_time=True)
    before = await settled(town)
    path = await accepted(town, holder)
    end = await settled(town)
    found, following = await ask(holder.http, after=before, type=SUBMITTED)
    assert [event["subject"] for event in found] == [path]
    assert following == end


async def test_a_long_poll_is_answered_with_the_event_that_is_committed_meanwhile(town: Town) -> None:
    holder = await town.holder(in_time=True)
    body, after = await holder.report(), await settled(town)
    waiting = asyncio.create_task(ask(holder.http, after=after, wait=20))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await holder.post("/v1/permits/reports", body)
    found, following = await waiting
    assert [(event["type"], event["owner"]) for event in found] == [(SUBMITTED, holder.uscc)]
    assert following >= int(found[0]["sequence"]) > after


async def test_a_long_poll_with_nothing_new_ends_with_an_empty_batch(town: Town) -> None:
    holder = await town.holder(in_time=True)
    after = await settled(town)
    assert await ask(holder.http, after=after, wait=1) == ([], after)


async def test_readers_that_wait_hold_no_connection(town: Town) -> None:
    """More readers wait than the pool has connections, and the service still answers others."""
    holder = await town.holder(in_time=True)
    pool = town.stack.apps["permits"].state.kit.database.engine.pool
    body, after = await holder.report(), await settled(town)
    waiting = [asyncio.create_task(ask(holder.http, after=after, wait=20)) for _ in range(pool.size() + 5)]
    await asyncio.sleep(0.3)
    assert (await holder.post("/v1/permits/reports", body)).status_code == 201
    told = list(itertools.chain.from_iterable(found for found, _ in await asyncio.gather(*waiting)))
    assert len(told) == pool.size() + 5
    assert {event["owner"] for event in told} == {holder.uscc}


async def test_a_lost_listener_loses_no_event_and_comes_back(town: Town) -> None:
    holder = await town.holder(in_time=True)
    url = make_url(town.stack.databases["permits"]).set(drivername="postgresql")
    admin = await asyncpg.connect(url.render_as_string(hide_password=False))
    # The listener's connection has no time-outs of its own; those of the pool do not stay on a bare statement.
    listeners = (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        " AND (query LIKE 'LISTEN%' OR query = 'SELECT 1')"
    )
    try:
        before = {row["pid"] for row in await admin.fetch(listeners)}
        assert before
        await admin.execute(f"SELECT pg_terminate_backend(pid) FROM ({listeners}) found")  # noqa: S608
        body, after = await holder.report(), await settled(town)
        waiting = asyncio.create_task(ask(holder.http, after=after, wait=20))
        await holder.post("/v1/permits/reports", body)
        assert [event["owner"] for event in (await waiting)[0]] == [holder.uscc]
        async with asyncio.timeout(300):
            while not {row["pid"] for row in await admin.fetch(listeners)} - before:
                await asyncio.sleep(0.1)
    finally:
        await admin.close()


@pytest.mark.parametrize(
    "params", [{"after": -1}, {"after": 2**63}, {"limit": 0}, {"limit": 1001}, {"wait": 31}]
)
async def test_what_makes_no_sense_is_refused(town: Town, params: dict[str, int]) -> None:
    answer = await (await town.staff("inspector")).get(FEED, **params)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_parameter")


async def test_the_feed_is_for_those_who_are_signed_in(town: Town) -> None:
    assert (await town.public.get(FEED)).status_code == 401
