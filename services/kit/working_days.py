"""Working days (工作日) and the deadlines counted in them.

行政许可法 art. 82: time limits of administrative licensing count in working days, without statutory holidays.
The count starts on the day after the event. Days are those of the State Council's yearly notice, weekend days
worked in exchange (调休) included. Where the notice is not published yet, the count goes by Monday to Friday
and says so: the deadline is provisional (暂定) and names the years that were missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType

from chinese_calendar.constants import holidays, workdays

from services.kit.year_notices import YearNotice, load_notices

CALENDAR_DAYS = "calendar-days"
_NONE: Mapping[int, YearNotice] = MappingProxyType({})
_BASE = f"chinesecalendar-{version('chinesecalendar')}"
_BASE_OFF: frozenset[date] = frozenset(holidays)
_BASE_WORK: frozenset[date] = frozenset(workdays)
_BASE_YEARS = frozenset(day.year for day in _BASE_OFF)
_SATURDAY = 5
_MAX_DAYS = 10_000
_LAST_YEAR = 9_900  # so that no period runs past the last date there is
# The notice for a year may move days of the December before: since 2004 none earlier than 29 December.
_NEXT_NOTICE_FROM = (12, 29)


class YearNotPublished(LookupError):  # noqa: N818 - reads as the sentence it is
    """Whether the day is worked depends on a notice that is not published; `year` is the notice's."""

    def __init__(self, year: int) -> None:
        super().__init__(f"the holiday notice for {year} is not known")
        self.year = year


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a period. Store `calendar` with it: it names the tables the day was computed from.

    `provisional` is true when a day on the way belongs to a year in `uncovered_years`: compute it again once
    that year's notice is out.
    """

    on: date
    provisional: bool
    uncovered_years: tuple[int, ...]
    calendar: str


@dataclass(frozen=True, slots=True)
class DayCount:
    """A number of working days, with the same remarks as a `Deadline`."""

    days: int
    provisional: bool
    uncovered_years: tuple[int, ...]
    calendar: str


class WorkingCalendar:
    """The published working days. `extra` are notices the library does not have, or that amend one it has."""

    def __init__(self, extra: Mapping[int, YearNotice] = _NONE) -> None:
        for year, notice in extra.items():
            if year != notice.year:
                raise ValueError(f"the notice for {notice.year} is filed under {year}")
        off = {day for day in _BASE_OFF if day.year not in extra}
        work = {day for day in _BASE_WORK if day.year not in extra}
        for year in sorted(extra):
            off = off | extra[year].off
            work = (work - extra[year].off) | extra[year].work
        self._off, self._work = frozenset(off), frozenset(work)
        self._years = _BASE_YEARS | extra.keys()
        self.calendar = _version(extra)

    def covers(self, year: int) -> bool:
        """Whether the notice for `year` is known."""
        return year in self._years

    def is_working_day(self, day: date) -> bool:
        """YearNotPublished where the notice that decides is not known: that is neither yes nor no."""
        missing = self._missing_notice(day)
        if missing is not None:
            raise YearNotPublished(missing)
        return self._is_worked(day)

    def deadline_after(self, start: date, working_days: int) -> Deadline:
        """The last day of a period of `working_days` set off on `start`; 0 gives `start` itself.

        ValueError for a negative period or one beyond 10 000 days.
        """
        _require(start, working_days)
        day, left, missing = start, working_days, set[int]()
        while left:
            day += timedelta(days=1)
            left -= self._count(day, missing)
        return Deadline(
            on=day, provisional=bool(missing), uncovered_years=tuple(sorted(missing)), calendar=self.calendar
        )

    def working_days_between(self, start: date, end: date) -> DayCount:
        """The working days after `start` up to and with `end`; ValueError where `end` is before `start`.

        The inverse of `deadline_after`: from `start` to its deadline after n working days there are n.
        """
        _require(start, (end - start).days)
        _require(end, 0)
        missing = set[int]()
        days = sum(
            self._count(start + timedelta(days=after), missing) for after in range(1, (end - start).days + 1)
        )
        return DayCount(
            days=days,
            provisional=bool(missing),
            uncovered_years=tuple(sorted(missing)),
            calendar=self.calendar,
        )

    def _count(self, day: date, missing: set[int]) -> int:
        """1 for a working day, else 0; notes the notice that would have been needed."""
        unknown = self._missing_notice(day)
        if unknown is not None:
            missing.add(unknown)
        return int(self._is_worked(day))

    def _is_worked(self, day: date) -> bool:
        return day in self._work or (day.weekday() < _SATURDAY and day not in self._off)

    def _missing_notice(self, day: date) -> int | None:
        if isinstance(day, datetime):
            raise TypeError("a legal day is a date, not a moment")
        if day.year not in self._years:
            return day.year
        if (day.month, day.day) >= _NEXT_NOTICE_FROM and day.year + 1 not in self._years:
            return day.year + 1
        return None


def working_calendar(*extra: Path) -> WorkingCalendar:
    """The calendar of the library, the shipped notices and those in `extra` (files or folders)."""
    return WorkingCalendar(load_notices(*extra))


@lru_cache(maxsize=1)
def published_calendar() -> WorkingCalendar:
    """The calendar of the library and the shipped notices, read once per process."""
    return working_calendar()


def calendar_days_after(start: date, days: int) -> Deadline:
    """The last day of a period counted in calendar days (日), starting the day after `start`.

    It is not moved when it falls on a day off: whether it may be is for the rule that sets the period to say.
    """
    _require(start, days)
    on = start + timedelta(days=days)
    return Deadline(on=on, provisional=False, uncovered_years=(), calendar=CALENDAR_DAYS)


def _require(start: date, days: int) -> None:
    if isinstance(start, datetime):
        raise TypeError("a legal day is a date, not a moment")
    if not 0 <= days <= _MAX_DAYS:
        raise ValueError(f"a period is 0 to {_MAX_DAYS} days")
    if start.year > _LAST_YEAR:
        raise ValueError(f"no period starts after the year {_LAST_YEAR}")


def _version(extra: Mapping[int, YearNotice]) -> str:
    """`chinesecalendar-1.11.0`, and with our own notices their years and a digest of what they say."""
    if not extra:
        return _BASE
    said = repr([(y, extra[y].source, sorted(extra[y].off), sorted(extra[y].work)) for y in sorted(extra)])
    years = ",".join(str(year) for year in sorted(extra))
    return f"{_BASE}+{years}-{hashlib.sha256(said.encode()).hexdigest()[:8]}"
