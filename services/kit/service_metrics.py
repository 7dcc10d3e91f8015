"""What a process with a database tells of it: the pool, the event log, and how far its consumers are."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from services.kit.consumers import Consumer
from services.kit.database import Database
from services.kit.metrics import counters, gauge, gauges
from services.kit.rounds import Round

_POSITION = sa.text("SELECT coalesce(max(position), 0) FROM event_log")
_WAITING = sa.text(
    "SELECT count(*), coalesce(extract(epoch FROM now() - min(occurred_at)), 0) FROM event_log WHERE position IS NULL"
)
_CURSORS = sa.text("SELECT name, position FROM consumer_cursor")
_PARKED = sa.text(
    "SELECT consumer, count(*) AS events FROM parked_event WHERE resolved_at IS NULL GROUP BY consumer"
)
_SIZES = sa.text("SELECT pg_database_size(current_database()), pg_total_relation_size('event_log')")


class DatabaseMetrics(Collector):
    """The pool of one process. More in use than there are connections means that requests wait."""

    def __init__(self, database: Database) -> None:
        self._pool, self._places = database.engine.sync_engine.pool, database.places

    def collect(self) -> Iterable[Metric]:
        pool = self._pool
        if isinstance(pool, sa.QueuePool):
            in_use = pool.checkedout()
            states = {"in_use": in_use, "idle": pool.checkedin()}
            yield gauges("steppe_database_connections", "Connections of the pool", "state", states)
            yield gauge("steppe_database_pool_size", "Connections that the pool may open", pool.size())
        waiting = self._places.waiting
        yield gauge("steppe_database_making_room", "Requests that wait while others go first", waiting)


@dataclass(slots=True)
class _Read:
    """What the database last said."""

    position: int = 0
    unnumbered: int = 0
    unnumbered_seconds: float = 0.0
    database_bytes: int = 0
    log_bytes: int = 0
    cursors: dict[str, int] = field(default_factory=dict)
    parked: dict[str, int] = field(default_factory=dict)
    up: bool = False


class EventMetrics(Collector):
    """Positions of a service's event log and of its consumers. `refresh` asks the database before each page."""

    def __init__(self, database: Database, consumers: Sequence[Consumer]) -> None:
        self._database, self._consumers = database, consumers
        self._read = _Read()

    async def refresh(self) -> None:
        self._read.up = False
        async with self._database.engine.connect() as connection:
            position = await connection.scalar(_POSITION)
            unnumbered, seconds = (await connection.execute(_WAITING)).one()
            database_bytes, log_bytes = (await connection.execute(_SIZES)).one()
            cursors = {row.name: row.position for row in await connection.execute(_CURSORS)}
            parked = {row.consumer: row.events for row in await connection.execute(_PARKED)}
        self._read = _Read(
            position or 0, unnumbered, float(seconds), database_bytes, log_bytes, cursors, parked, up=True
        )

    def collect(self) -> Iterable[Metric]:
        read = self._read
        yield gauge("steppe_database_up", "Whether the database answered just now", int(read.up))
        yield gauge("steppe_database_bytes", "Size of this service's database", read.database_bytes)
        yield gauge("steppe_event_log_bytes", "Size of the event log with its indexes", read.log_bytes)
        yield gauge("steppe_event_log_position", "Position of the newest event", read.position)
        yield gauge("steppe_event_log_unnumbered", "Committed events without a position yet", read.unnumbered)
        yield gauge(
            "steppe_event_log_unnumbered_seconds", "Age of the oldest of them", read.unnumbered_seconds
        )
        yield from self._of_consumers(read)

    def _of_consumers(self, read: _Read) -> Iterable[Metric]:
        mine = {each.source: each for each in self._consumers}
        at = {source: read.cursors.get(each.name, 0) for source, each in mine.items()}
        parked = {source: read.parked.get(each.name, 0) for source, each in mine.items()}
        yield gauges("steppe_consumer_position", "Applied up to this position of the feed", "source", at)
        yield gauges("steppe_parked_events", "Events that could not be applied, unresolved", "source", parked)
        silent = {s: time.monotonic() - each.progress.read_at for s, each in mine.items()}
        yield gauges("steppe_consumer_silent_seconds", "Since the feed last answered", "source", silent)
        for name, what in (
            ("applied", "Events applied by a handler"),
            ("passed_over", "Events that no handler asked for"),
            ("parked", "Events parked"),
            ("failures", "Times that feed or database was away"),
        ):
            counts = {s: getattr(each.progress, name) for s, each in mine.items()}
            yield counters(f"steppe_consumer_{name}", what, "source", counts)


class RoundMetrics(Collector):
    """The periodic work of a process."""

    def __init__(self, rounds: Sequence[Round]) -> None:
        self._rounds = rounds

    def collect(self) -> Iterable[Metric]:
        by_name = {each.name: each.progress for each in self._rounds}
        idle = {name: time.monotonic() - progress.made_at for name, progress in by_name.items()}
        yield gauges("steppe_round_idle_seconds", "Since the round was last made to its end", "round", idle)
        for name, what in (
            ("done", "What was due and was done"),
            ("failed", "What was due and failed"),
            ("broke_off", "Rounds that broke off: the database was away"),
        ):
            counts = {each: getattr(progress, name) for each, progress in by_name.items()}
            yield counters(f"steppe_round_{name}", what, "round", counts)
