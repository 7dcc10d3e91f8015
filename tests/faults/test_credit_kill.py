"""kill -9 in the middle of an append or of taking in a candidate: all of it is there afterwards, or none of it."""

from __future__ import annotations

import asyncio
import os
import signal
import warnings
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from services.credit.candidates.events import EXCEEDANCE_CONFIRMED
from services.credit.candidates.intake import consumer
from services.credit.log.fsck_cli import check
from services.kit.consumers import Event, apply_next, replay_from
from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase
from tests.support.credit_ledger import USCCS, Ledger, content, new_signer

pytestmark = pytest.mark.stack
Work = Callable[[Ledger], Coroutine[Any, Any, object]]
SURVIVED = 7


@pytest.fixture(scope="module")
async def ledger(make_database: MakeDatabase) -> AsyncIterator[Ledger]:
    made = Ledger(Database(await asyncio.to_thread(make_database, "services.credit")), new_signer())
    await made.publish()
    yield made
    await made.database.close()


def die_at(engine: AsyncEngine, wanted: int) -> None:
    """Kills this process, as kill -9 does, once its n-th statement was executed; 0: before it commits."""
    count = 0

    def executed(*_: object) -> None:
        nonlocal count
        count += 1
        if count == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    def committing(*_: object) -> None:
        if wanted == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    sa.event.listen(engine.sync_engine, "after_cursor_execute", executed)
    sa.event.listen(engine.sync_engine, "commit", committing)


def in_a_child(ledger: Ledger, work: Work, *, dies_at: int) -> int:
    """Does the work in a process of its own that dies at its n-th statement; how it ended."""
    with warnings.catch_warnings():  # newer Pythons warn of threads, which the child does not need
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            # A loop and a database of its own: nothing of the parent's connections is touched.
            own = Ledger(Database(ledger.database.url, pool_size=1), ledger.signer)
            die_at(own.database.engine, dies_at)
            asyncio.new_event_loop().run_until_complete(work(own))
        finally:
            os._exit(SURVIVED)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


async def killed_everywhere(
    ledger: Ledger, work: Work, state: Callable[[], Coroutine[Any, Any, object]]
) -> int:
    """Kills the work before its commit and after each statement in turn; how many statements it has.

    After each kill `state` must be as it was before.
    """
    before = await state()
    assert await asyncio.to_thread(in_a_child, ledger, work, dies_at=0) == -signal.SIGKILL
    assert await state() == before
    for statement in range(1, 100):
        ended = await asyncio.to_thread(in_a_child, ledger, work, dies_at=statement)
        if ended == SURVIVED:  # it has fewer statements than this, so this time it was done
            assert await state() != before
            return statement - 1
        assert ended == -signal.SIGKILL
        assert await state() == before, statement
    raise AssertionError("it never ended")


async def rows_of(ledger: Ledger) -> dict[str, int]:
    """How many rows each table has, and how many records are approved."""
    counts = {}
    async with ledger.database.engine.connect() as connection:
        for table in ("log_entry", "log_node", "log_checkpoint", "event_log", "audit_log", "candidate"):
            counts[table] = await connection.scalar(sa.text(f"SELECT count(*) FROM {table}"))  # noqa: S608
        counts["approved"] = await connection.scalar(
            sa.text("SELECT count(*) FROM credit_record WHERE state = 'approved'")
        )
    return counts


async def whole(ledger: Ledger) -> bool:
    async with ledger.database.transaction() as session:
        return not (await check(session, verifiers=[ledger.signer.verifier])).differences


async def test_killed_in_mid_append_row_index_and_root_are_there_together_or_not_at_all(
    ledger: Ledger,
) -> None:
    record = await ledger.pending(content(USCCS[0]))
    for _ in range(2):  # so that the next append also completes larger subtrees
        await ledger.admit(content(USCCS[1]))

    async def approve(own: Ledger) -> None:
        async with own.database.transaction() as session:
            await own.approve(session, record.id)

    async def state() -> object:
        assert await whole(ledger)
        return await rows_of(ledger)

    before = await rows_of(ledger)
    assert await killed_everywhere(ledger, approve, state) >= 8
    after = await rows_of(ledger)
    grown = {table: after[table] - before[table] for table in before}
    assert grown["log_entry"] == grown["log_checkpoint"] == grown["approved"] == 1
    # The fourth leaf completes the subtrees over one, two and four leaves.
    assert grown["log_node"] == 3


async def test_a_dead_appender_leaves_the_log_free_for_the_next(ledger: Ledger) -> None:
    record = await ledger.pending(content(USCCS[2]))

    async def approve(own: Ledger) -> None:
        async with own.database.transaction() as session:
            await own.approve(session, record.id)

    assert await asyncio.to_thread(in_a_child, ledger, approve, dies_at=0) == -signal.SIGKILL
    async with asyncio.timeout(300):
        await ledger.admit(content(USCCS[3]))
    assert await whole(ledger)


async def test_killed_while_taking_in_a_candidate_it_arrives_once_also_when_replayed(ledger: Ledger) -> None:
    event: Event = {
        "id": "01976b7c-0000-7000-8000-0000000000aa",
        "source": "/v1/permits",
        "type": EXCEEDANCE_CONFIRMED,
        "subject": "/v1/permits/reports/1",
        "sequence": "1",
        "data": {"uscc": USCCS[0], "period_end": "2026-03-31"},
    }

    async def fetch(after: int, _: int) -> tuple[list[Event], int]:
        return ([event] if after < 1 else []), 1

    async def hear(own: Ledger) -> None:
        await apply_next(own.database, consumer("permits", fetch))

    async def state() -> object:
        async with ledger.database.engine.connect() as connection:
            cursor = await connection.scalar(sa.text("SELECT position FROM consumer_cursor"))
        return (cursor or 0, await rows_of(ledger))

    before = (await rows_of(ledger))["candidate"]
    statements = await killed_everywhere(ledger, hear, state)
    assert statements >= 3
    cursor, rows = await state()  # type: ignore[misc]
    assert (cursor, rows["candidate"]) == (1, before + 1)
    async with ledger.database.transaction() as session:
        await replay_from(session, "credit.permits")
    await hear(ledger)
    assert await state() == (cursor, rows)
