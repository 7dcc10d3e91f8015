"""The one place that reads the time, so that deadlines can be tested and history can be loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta, timezone
from time import time as wall_clock
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

try:
    CITY_TIME: ZoneInfo | timezone = ZoneInfo("Asia/Shanghai")
except ZoneInfoNotFoundError:  # a slim image without tzdata: China has had no summer time since 1991
    CITY_TIME = timezone(timedelta(hours=8), "Asia/Shanghai")

_MORNING = time(9)


class Journey:
    """A clock that runs as any other and jumps where it is told to; `travelling` makes one."""

    def __init__(self, moment: datetime) -> None:
        self._ahead = _aware(moment) - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def to(self, moment: datetime) -> None:
        """Jumps forward. ValueError for the past: what was written there would change its order."""
        if _aware(moment) < self.now():
            raise ValueError(f"{moment} is over; back_to says that it is meant")
        self._ahead = moment - datetime.now(UTC)

    def to_day(self, day: date) -> None:
        """Jumps forward to nine in the morning of a day in the city."""
        self.to(datetime.combine(day, _MORNING, CITY_TIME))

    def on(self, span: timedelta) -> None:
        """Jumps forward by `span`."""
        self.to(self.now() + span)

    def back_to(self, moment: datetime) -> None:
        """Jumps to `moment` though it may be over."""
        self._ahead = _aware(moment) - datetime.now(UTC)


_frozen: ContextVar[datetime | None] = ContextVar("steppe_clock", default=None)
_journey: ContextVar[Journey | None] = ContextVar("steppe_journey", default=None)


def now() -> datetime:
    """The present, aware, in UTC."""
    frozen = _frozen.get()
    if frozen is not None:
        return frozen
    journey = _journey.get()
    return datetime.now(UTC) if journey is None else journey.now()


def seconds() -> float:
    """The present in seconds since 1970, where no object is needed: a fifth of the time of `now`."""
    if _frozen.get() is None and _journey.get() is None:
        return wall_clock()
    return now().timestamp()


def today() -> date:
    """The present date in the city (Asia/Shanghai): legal days begin and end there."""
    return now().astimezone(CITY_TIME).date()


def start_of(day: date) -> datetime:
    """The moment at which a day begins in the city, aware."""
    return datetime.combine(day, time.min, CITY_TIME)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Within the block it is `moment` (aware) for this task and those it starts."""
    token = _frozen.set(_aware(moment))
    try:
        yield
    finally:
        _frozen.reset(token)


@contextmanager
def travelling(start: datetime | None = None) -> Iterator[Journey]:
    """Within the block time begins at `start` (aware; without it, now), runs on, and jumps by the journey's word.

    It is one clock for this task and all that is started within the block, whatever they started themselves: a whole
    stack of servers that is started here lives in it, and one that ran before does not. `at` wins over it.
    """
    journey = Journey(start or now())
    token = _journey.set(journey)
    try:
        yield journey
    finally:
        _journey.reset(token)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs its offset")
    return moment
