"""Gives committed events their gap-free positions.

A number taken inside a transaction can become visible out of order: a reader that has passed it would skip it. So
events are numbered after their commit, one numberer at a time per service (an advisory lock that PostgreSQL frees when
its holder dies), a batch per transaction.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from services.kit import clock
from services.kit.database import Database
from services.kit.idempotency import forget_before
from services.kit.telemetry import log

CHANNEL = "steppe_events"
BATCH = 500
_LOCK = 152501_0002

_TAKE = sa.text("SELECT pg_try_advisory_xact_lock(:key)")
_NUMBER = sa.text(
    """
    WITH base AS (SELECT coalesce(max(position), 0) AS top FROM event_log),
         fresh AS (SELECT id, row_number() OVER (ORDER BY sequence) AS place FROM (
                       SELECT id, sequence FROM event_log WHERE position IS NULL ORDER BY sequence LIMIT :batch) f),
         numbered AS (
             UPDATE event_log SET position = base.top + fresh.place FROM base, fresh WHERE event_log.id = fresh.id
             RETURNING 1),
         done AS (SELECT count(*) AS number FROM numbered)
    SELECT number, CASE WHEN number > 0 THEN pg_notify(:channel, '') END FROM done
    """
)
"""NOTIFY is delivered with the commit and wakes waiting readers."""


async def number_batch(connection: AsyncConnection, *, batch: int = BATCH) -> int:
    """Numbers up to `batch` committed events within the caller's transaction; how many it numbered.

    0 also where another process holds the lock and does the work.
    """
    if not await connection.scalar(_TAKE, {"key": _LOCK}):
        return 0
    return int(await connection.scalar(_NUMBER, {"batch": batch, "channel": CHANNEL}))


class Sequencer:
    """The background task of a service process that numbers events as they commit.

    What commits in the `pause_seconds` after a batch is the next one: under load each has many events.
    """

    def __init__(
        self,
        database: Database,
        *,
        poll_seconds: float = 0.25,
        pause_seconds: float = 0.02,
        idempotency_days: int = 30,
    ) -> None:
        self._database = database
        self._pause_seconds = pause_seconds
        self._poll_seconds = poll_seconds
        self._keep = timedelta(days=idempotency_days)
        self._wake = asyncio.Event()
        self._next_tidy = clock.now()

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Numbers until cancelled; a failing database is waited for."""
        while True:
            try:
                await self._drain()
                await self._tidy()
            except Exception as error:  # whatever it was, this task must not end: nobody would start it again
                log.warning("sequencer_waits", error=error)
                await asyncio.sleep(1)
            await asyncio.sleep(self._pause_seconds)
            # Other processes write too: their events are found by polling.
            try:
                await asyncio.wait_for(self._wake.wait(), self._poll_seconds)
            except TimeoutError:
                continue

    async def _drain(self) -> None:
        self._wake.clear()
        while True:
            async with self._database.engine.begin() as connection:
                if await number_batch(connection) < BATCH:
                    return

    async def _tidy(self) -> None:
        if clock.now() < self._next_tidy:
            return
        self._next_tidy = clock.now() + timedelta(hours=1)
        async with self._database.transaction() as session:
            await forget_before(session, clock.now() - self._keep)
