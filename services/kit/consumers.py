"""Reading another service's feed: an event is applied and the cursor moved in one transaction of our own database.

Exactly once in effect, with no table of seen ids: killed before the commit, nothing happened; killed after, the
cursor stands behind the event. Setting the cursor back replays. An event that cannot be applied is parked with its
error, reported, and does not hold up the others.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import httpx
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.database import Database, is_away, is_busy
from services.kit.events import wake_after_commit
from services.kit.feed import NEXT_HEADER
from services.kit.tables import ConsumerRow, ParkedEventRow
from services.kit.telemetry import log
from services.kit.tracing import Tracer, processing

_PROCESS = {"messaging.system": "steppe", "messaging.operation.name": "process"}
Event = dict[str, Any]
Handler = Callable[[AsyncSession, Event], Awaitable[None]]
Fetch = Callable[[int, int], Awaitable[tuple[list[Event], int]]]


@dataclass(slots=True)
class Progress:
    """What one consumer has done since its process began; for metrics."""

    applied: int = 0
    passed_over: int = 0
    parked: int = 0
    failures: int = 0
    read_at: float = field(default_factory=time.monotonic)
    """When the feed last answered, by the monotonic clock."""


@dataclass(frozen=True, slots=True)
class Consumer:
    """`handlers` by event type; other types are passed over. `name` is the cursor's, unique in the database."""

    name: str
    fetch: Fetch
    handlers: dict[str, Handler]
    wake: Callable[[], None] | None = None
    source: str = "unknown"
    """The service whose feed it reads."""
    progress: Progress = field(default_factory=Progress, compare=False)


def http_fetch(
    client: httpx.AsyncClient, url: str, *, token: Callable[[], Awaitable[str]], batch: int = 100
) -> Fetch:
    """Reads the feed at `url` (…/v1/<service>/events) with the bearer token that `token()` gives."""

    async def fetch(after: int, wait: int) -> tuple[list[Event], int]:
        answer = await client.get(
            url,
            params={"after": after, "wait": wait, "limit": batch},
            headers={"Authorization": f"Bearer {await token()}"},
            timeout=wait + 10,
        )
        answer.raise_for_status()
        return answer.json(), int(answer.headers[NEXT_HEADER])

    return fetch


async def position_of(session: AsyncSession, name: str) -> int:
    """The consumer's cursor, locked for this transaction: two processes never apply the same event."""
    start = insert(ConsumerRow).values(name=name, position=0, updated_at=clock.now()).on_conflict_do_nothing()
    await session.exec(start)
    locked = select(ConsumerRow.position).where(ConsumerRow.name == name).with_for_update()
    return (await session.exec(locked)).one()


async def _move(session: AsyncSession, name: str, position: int) -> None:
    move = sa.update(ConsumerRow).where(col(ConsumerRow.name) == name)
    await session.exec(move.values(position=position, updated_at=clock.now()))


class MovedElsewhereError(Exception):
    """Another process with the same cursor applied the event; read the cursor again."""


async def apply_next(
    database: Database, consumer: Consumer, *, wait: int = 0, tracer: Tracer | None = None
) -> int:
    """Fetches once and applies what came, each event in its own transaction; how many events it moved past.

    Raises MovedElsewhereError, and what says that the feed or the database is away; each is to be tried again.
    """
    async with database.transaction() as session:
        after = await position_of(session, consumer.name)
    events, following = await consumer.fetch(after, wait)
    consumer.progress.read_at = time.monotonic()
    for event in events:
        with _traced(tracer, consumer, event):
            await _apply(database, consumer, event, after)
        after = int(event["sequence"])
    if following > after:
        async with database.transaction() as session:
            if await position_of(session, consumer.name) == after:
                await _move(session, consumer.name, following)
    return len(events)


def _traced(tracer: Tracer | None, consumer: Consumer, event: Event) -> AbstractContextManager[None]:
    """The event's work belongs to the trace of the request that made it; what nobody handles is no work."""
    if event["type"] not in consumer.handlers:
        return nullcontext()
    attributes = {
        **_PROCESS,
        "messaging.destination.name": consumer.source,
        "messaging.message.id": event.get("id", ""),
    }
    return processing(tracer, f"process {event['type']}", event.get("traceparent"), attributes)


async def _apply(database: Database, consumer: Consumer, event: Event, after: int) -> None:
    position = int(event["sequence"])
    handler = consumer.handlers.get(event["type"])
    try:
        async with database.transaction() as session:
            if await position_of(session, consumer.name) != after:
                raise MovedElsewhereError
            if consumer.wake is not None:
                wake_after_commit(session, consumer.wake)
            if handler is not None:
                await handler(session, event)
            await _move(session, consumer.name, position)
        if handler is not None:
            consumer.progress.applied += 1
        else:
            consumer.progress.passed_over += 1
    except Exception as error:
        if _not_the_events_fault(error):
            raise
        log.error("event_parked", consumer=consumer.name, position=position, error=error)
        async with database.transaction() as session:
            if await position_of(session, consumer.name) == after:
                await _park(session, consumer.name, event, error)
                await _move(session, consumer.name, position)
                consumer.progress.parked += 1


def _not_the_events_fault(error: Exception) -> bool:
    """Whether the same event may well be applied when it is tried again."""
    if isinstance(error, sa.exc.DBAPIError):
        return is_away(error) or is_busy(error)
    return isinstance(error, (OSError, sa.exc.TimeoutError, MovedElsewhereError))


async def _park(session: AsyncSession, name: str, event: Event, error: Exception) -> None:
    row = insert(ParkedEventRow).values(
        consumer=name,
        position=int(event["sequence"]),
        event=event,
        error=repr(error)[:2000],
        parked_at=clock.now(),
    )
    await session.exec(
        row.on_conflict_do_update(
            index_elements=["consumer", "position"],
            set_={"error": row.excluded.error, "parked_at": row.excluded.parked_at, "resolved_at": None},
        )
    )


async def run(
    database: Database, consumer: Consumer, *, wait: int = 20, tracer: Tracer | None = None
) -> None:
    """Applies events until cancelled; a feed or database that is away is waited for."""
    while True:
        try:
            await apply_next(database, consumer, wait=wait, tracer=tracer)
        except Exception as error:  # whatever it was, this task must not end: nobody would start it again
            if not isinstance(error, MovedElsewhereError):
                consumer.progress.failures += 1
                log.warning("consumer_waits", consumer=consumer.name, error=error)
            await asyncio.sleep(1)


async def replay_from(session: AsyncSession, name: str, position: int = 0) -> None:
    """Sets a consumer's cursor back (or forward); the next run reads on from there."""
    await position_of(session, name)
    await _move(session, name, position)
