"""When a sample is to be taken: the monitoring plan of a permit as dated duties. Pure: no clock, no database.

Sources: 排污许可管理条例 art. 19 (monitor as the permit says, keep the records); HJ 819-2017 (1次/日, 1次/季度).
The plan is part of an immutable version of the permit, so that the duties of any day follow from it and are not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import TypeVar

from services.permits.obligations import rules_notices
from services.permits.obligations.rules import add_months
from services.permits.obligations.rules_notices import Schedule, Step

ARTICLE_MONITORING = "排污许可管理条例 第十九条"
ARTICLE_FREQUENCY = "排污许可管理条例 第十九条、第三十六条第五项"
SOURCE_FREQUENCIES = "HJ 819-2017"
_DAY = timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
WORDS = {
    "hour": "时",
    "day": "日",
    "week": "周",
    "month": "月",
    "quarter": "季度",
    "half_year": "半年",
    "year": "年",
}
"""Frequencies that have a date; a batch or an event has none."""

HELD_SHARE = Fraction(1, 2)
"""A window in which the plan held for less than this share asks for no sample of its own: ours, the norm is silent."""
_HOURS = 24
Wanted = TypeVar("Wanted")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row of a plan: what is sampled at which place, `count` times in `every` calendar windows of `per`."""

    place: str
    pollutant_code: str
    count: int
    per: str
    every: int = 1

    @property
    def words(self) -> str:
        return f"{self.count}次/{self.every if self.every > 1 else ''}{WORDS[self.per]}"

    @property
    def window(self) -> str:
        """The calendar window in which its samples are counted: what is due by the hour, in a day."""
        return "day" if self.per == "hour" else self.per


@dataclass(frozen=True, slots=True)
class Planned:
    """The days, both included, on which a requirement holds."""

    requirement: Requirement
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Sampling:
    """Samples to be taken in one window; of none (`wanted` 0) the reason."""

    place: str
    pollutant_code: str
    first: date
    last: date
    wanted: int
    basis: str
    reason: str | None = None


def unbroken(plans: Iterable[tuple[date, date, Iterable[Wanted]]]) -> list[tuple[Wanted, date, date]]:
    """What versions in the order of their days ask for, and on which days: what a later one asks for as the one before
    did goes on unbroken."""
    spans: dict[Wanted, list[tuple[date, date]]] = {}
    for first, last, requirements in plans:
        for each in dict.fromkeys(requirements):
            known = spans.setdefault(each, [])
            if known and known[-1][1] + _DAY == first:
                known[-1] = (known[-1][0], last)
            else:
                known.append((first, last))
    return [(each, *span) for each, known in spans.items() for span in known]


def planned(plans: Iterable[tuple[date, date, Iterable[Requirement]]]) -> list[Planned]:
    """The plans of a permit's versions, each row with the days on which it holds."""
    return [Planned(*each) for each in unbroken(plans)]


def window_of(per: str, day: date) -> tuple[date, date]:
    """The calendar window that a day lies in; weeks begin on Monday."""
    if per == "day":
        return day, day
    if per == "week":
        monday = day - _DAY * day.weekday()
        return monday, monday + 6 * _DAY
    months = _MONTHS[per]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, add_months(first, months) - _DAY


def windows(per: str, first: date, last: date, *, every: int = 1) -> Iterator[tuple[date, date]]:
    """The windows of `every` calendar windows each that the days from `first` to `last` touch, in order."""
    start = window_of(per, first)[0]
    while start <= last:
        end = start - _DAY
        for _ in range(every):
            end = window_of(per, end + _DAY)[1]
        yield start, end
        start = end + _DAY


def samplings(plan: Iterable[Planned], *, since: date, until: date) -> list[Sampling]:
    """What the plan asks for in the windows that touch the days from `since` to `until` (条例 art. 19), in order."""
    found = []
    for row in plan:
        wanted = row.requirement
        # Several windows in one are counted from the first day of the plan.
        begin = row.first if wanted.every > 1 and wanted.per != "hour" else max(row.first, since)
        every = 1 if wanted.per == "hour" else wanted.every
        found += [
            _sampling(row, window)
            for window in windows(wanted.window, begin, min(row.last, until), every=every)
            if window[1] >= since and row.first <= until
        ]
    return sorted(found, key=order)


def order(sampling: Sampling) -> tuple[date, str, str, date, str]:
    """By the day on which the samples must have been taken; unique."""
    return (
        sampling.last,
        sampling.place,
        sampling.pollutant_code,
        sampling.first,
        sampling.basis,
    )


def _sampling(row: Planned, window: tuple[date, date]) -> Sampling:
    asked = row.requirement
    basis = f"{ARTICLE_MONITORING}; {SOURCE_FREQUENCIES}: {asked.words}"
    wanted = max(1, asked.count * _HOURS // asked.every) if asked.per == "hour" else asked.count
    held = (min(window[1], row.last) - max(window[0], row.first)).days + 1
    reason = None
    if Fraction(held, (window[1] - window[0]).days + 1) < HELD_SHARE:
        wanted, reason = 0, "监测方案在该周期内执行不足一半"
    return Sampling(asked.place, asked.pollutant_code, *window, wanted, basis, reason)


def taken_in(sampling: Sampling, counts: Mapping[tuple[str, str], Iterable[tuple[date, int]]]) -> int:
    """How many samples were taken in the window: `counts` has days and numbers by place and pollutant."""
    of_place = counts.get((sampling.place, sampling.pollutant_code), ())
    return sum(count for day, count in of_place if sampling.first <= day <= sampling.last)


def state_of(sampling: Sampling, *, taken: int, today: date) -> str:
    """`waived`, `met`, `short` (the window is over and samples are missing), `open` or `upcoming`."""
    if sampling.wanted == 0:
        return "waived"
    if taken >= sampling.wanted:
        return "met"
    if sampling.last < today:
        return "short"
    return "open" if sampling.first <= today else "upcoming"


def steps_on(sampling: Sampling, schedule: Schedule, *, taken: int, today: date) -> list[Step]:
    """Who is to be told by `today` of samples that are still missing (条例 art. 19): as of a late report, but nobody is
    reminded of a window that had not begun on the reminder's day, such as of each day of a daily sample."""
    if state_of(sampling, taken=taken, today=today) not in ("open", "short"):
        return []
    return [
        step
        for step in rules_notices.steps_on(schedule, due_on=sampling.last, today=today)
        if not step.ahead or sampling.first <= sampling.last + _DAY * step.days
    ]
