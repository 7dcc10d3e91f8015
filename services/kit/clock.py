"""The one place that reads the time, so that deadlines can be tested and history can be loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_frozen: ContextVar[datetime | None] = ContextVar("steppe_clock", default=None)

try:
    CITY_TIME: ZoneInfo | timezone = ZoneInfo("Asia/Shanghai")
except ZoneInfoNotFoundError:  # a slim image without tzdata: China has had no summer time since 1991
    CITY_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")


def now() -> datetime:
    """The present, aware, in UTC."""
    return _frozen.get() or datetime.now(UTC)


def today() -> date:
    """The present date in the city (Asia/Shanghai): legal days begin and end there."""
    return now().astimezone(CITY_TIME).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within the block it is `moment` (aware) for this task and those it starts."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its offset")
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)
