"""Periodic work of a service: a round looks for what is due and does it, a transaction for each.

One process at a time makes a round (an advisory lock that PostgreSQL frees when its holder dies). What fails is told,
counted and tried again by the next round; it does not hold up the others. The lock may be lost in the middle, with its
connection: so `act` looks again, under a row lock or by a unique key, whether there is still something to do.
"""

from __future__ import annotations

import asyncio
import random
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal
from services.kit.database import Database, is_away
from services.kit.events import wake_after_commit
from services.kit.telemetry import log

_LOCK = 152501
"""First half of the key; the second is made of the round's name."""
_FIRST_WITHIN = 20.0
_AGAIN_AFTER = 60.0

CLOCK = Principal("system", "system", roles=(), scopes=frozenset(), every_enterprise=True)
"""Who acts in a round, for the audit trail."""

Due = Callable[[AsyncSession], Awaitable[Iterable[Any]]]
Act = Callable[[AsyncSession, Any], Awaitable[None]]


@dataclass(slots=True)
class Progress:
    """What one round has done since its process began; for metrics."""

    done: int = 0
    failed: int = 0
    broke_off: int = 0
    made_at: float = field(default_factory=time.monotonic)
    """When it was last made to its end, here or by another process; by the monotonic clock."""


@dataclass(slots=True)
class Round:
    """`due` finds the keys of what is due; `act` deals with one of them, in a transaction of its own."""

    name: str
    every: timedelta
    due: Due
    act: Act
    progress: Progress = field(default_factory=Progress)


def whole(name: str, *, every: timedelta, work: Callable[[AsyncSession], Awaitable[None]]) -> Round:
    """A round of one transaction."""

    async def once(_: AsyncSession) -> Iterable[Any]:
        return (None,)

    async def act(session: AsyncSession, _: Any) -> None:
        await work(session)

    return Round(name, every, once, act)


async def make(database: Database, each: Round, *, wake: Callable[[], None] | None = None) -> bool:
    """Makes one round now; False where another process is at it.

    `wake` is called after each commit that wrote events. Raises what says that the database is away; what one key
    fails with is told in the log.
    """
    async with _alone(database, each.name) as alone:
        if alone:
            async with database.transaction() as session:
                keys = list(await each.due(session))
            for key in keys:
                await _deal_with(database, each, key, wake)
    each.progress.made_at = time.monotonic()
    return alone


async def _deal_with(database: Database, each: Round, key: Any, wake: Callable[[], None] | None) -> None:
    try:
        async with database.transaction() as session:
            if wake is not None:
                wake_after_commit(session, wake)
            await each.act(session, key)
        each.progress.done += 1
    except Exception as error:
        if _database_is_away(error):
            raise
        each.progress.failed += 1
        log.error("round_failed", round=each.name, key=str(key), error=error)


def _database_is_away(error: Exception) -> bool:
    """Whether every other key would fail as well."""
    if isinstance(error, sa.exc.DBAPIError):
        return is_away(error)
    return isinstance(error, (OSError, sa.exc.TimeoutError))


@asynccontextmanager
async def _alone(database: Database, name: str) -> AsyncIterator[bool]:
    """Whether this is the only process at it, for the block. The lock is a transaction's, so that poolers of
    connections keep it; one that only waits holds up no vacuum."""
    async with database.engine.connect() as guard, guard.begin():
        await guard.execute(sa.text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        taken = sa.select(sa.func.pg_try_advisory_xact_lock(_LOCK, _number(name)))
        yield bool(await guard.scalar(taken))


def _number(name: str) -> int:
    """A signed 32-bit number that stands for the name."""
    return int.from_bytes(zlib.crc32(name.encode()).to_bytes(4), signed=True)


async def run(database: Database, rounds: Sequence[Round], *, wake: Callable[[], None] | None = None) -> None:
    """Makes each round again and again until cancelled, one after another: they take no connections from requests
    but two. Cancelled in the middle, what was not committed did not happen."""
    await asyncio.sleep(random.uniform(0, _FIRST_WITHIN))  # noqa: S311 - so that processes do not start together
    following = dict.fromkeys((each.name for each in rounds), time.monotonic())
    while True:
        for each in rounds:
            if following[each.name] <= time.monotonic():
                pause = await _make_or_tell(database, each, wake)
                following[each.name] = time.monotonic() + pause
        await asyncio.sleep(max(0.0, min(following.values()) - time.monotonic()))


async def _make_or_tell(database: Database, each: Round, wake: Callable[[], None] | None) -> float:
    """Makes a round; after how many seconds it is to be made again."""
    try:
        await make(database, each, wake=wake)
    except Exception as error:  # whatever it was, this task must not end: nobody would start it again
        each.progress.broke_off += 1
        log.warning("round_broke_off", round=each.name, error=error)
        return min(_AGAIN_AFTER, each.every.total_seconds())
    return each.every.total_seconds()
