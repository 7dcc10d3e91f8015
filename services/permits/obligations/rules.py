"""Which execution reports a permit owes, for which periods, and by when. Pure: no clock, no database.

Sources: 排污许可管理条例 art. 22 (reports as the permit says); HJ 944-2018 and permits in force (periods, when a
period is too short to report, due days). Due days are what the permit says, not a constant of the law.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

ARTICLE_REPORT = "排污许可管理条例 第二十二条"
SOURCE_PERIODS = "HJ 944-2018"

# A period in which the permit was held for less than this owes no report of its own (HJ 944-2018; seen in
# permits in force): under one month no quarterly report, under three months no annual one.
MONTHS_HELD_FOR_QUARTERLY = 1
MONTHS_HELD_FOR_ANNUAL = 3


@dataclass(frozen=True, slots=True)
class Duties:
    """What one permit says about its reports (许可证副本: 执行报告要求).

    `quarterly_from` and `annual_from` are where this register takes over: earlier reports were made elsewhere.
    """

    quarterly: bool
    annual: bool
    quarterly_due_day: int
    annual_due_month: int
    annual_due_day: int
    quarterly_from: date | None = None
    annual_from: date | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """One report owed: for which period, by when, and why."""

    kind: str
    period_start: date
    period_end: date
    due_on: date
    basis: str


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def held_for(months: int, *, start: date, end: date, valid_from: date, valid_to: date) -> bool:
    """Whether the permit was held for at least `months` months within the period (HJ 944-2018)."""
    first, last = max(start, valid_from), min(end, valid_to)
    return last >= first and add_months(first, months) <= last + timedelta(days=1)


def quarters(valid_from: date, valid_to: date) -> Iterator[tuple[date, date]]:
    """The calendar quarters that a permit touches, in order."""
    start = date(valid_from.year, (valid_from.month - 1) // 3 * 3 + 1, 1)
    while start <= valid_to:
        following = add_months(start, 3)
        yield start, following - timedelta(days=1)
        start = following


def years(valid_from: date, valid_to: date) -> Iterator[tuple[date, date]]:
    """The calendar years that a permit touches, in order."""
    for year in range(valid_from.year, valid_to.year + 1):
        yield date(year, 1, 1), date(year, 12, 31)


def quarterly_due_on(period_end: date, duties: Duties) -> date:
    """The day of the first month after the quarter that the permit names; seen in permits: the 15th."""
    following = period_end + timedelta(days=1)
    return following.replace(day=duties.quarterly_due_day)


def annual_due_on(period_end: date, duties: Duties) -> date:
    """The day of the year after that the permit names; a 30th or 31st falls on the last day of a short month."""
    year, month = period_end.year + 1, duties.annual_due_month
    return date(year, month, min(duties.annual_due_day, calendar.monthrange(year, month)[1]))


def reports_due(duties: Duties, *, valid_from: date, valid_to: date) -> list[Due]:
    """Every report that a permit owes over its life (条例 art. 22), in order of period."""
    owed = []
    validity = {"valid_from": valid_from, "valid_to": valid_to}
    if duties.quarterly:
        basis = f"{ARTICLE_REPORT}; {SOURCE_PERIODS}: 季度执行报告"
        owed += [
            Due("quarterly", start, end, quarterly_due_on(end, duties), basis)
            for start, end in quarters(valid_from, valid_to)
            if held_for(MONTHS_HELD_FOR_QUARTERLY, start=start, end=end, **validity)
        ]
    if duties.annual:
        basis = f"{ARTICLE_REPORT}; {SOURCE_PERIODS}: 年度执行报告"
        owed += [
            Due("annual", start, end, annual_due_on(end, duties), basis)
            for start, end in years(valid_from, valid_to)
            if held_for(MONTHS_HELD_FOR_ANNUAL, start=start, end=end, **validity)
        ]
    first = {"quarterly": duties.quarterly_from or date.min, "annual": duties.annual_from or date.min}
    kept = [due for due in owed if due.period_start >= first[due.kind]]
    return sorted(kept, key=lambda due: (due.period_end, due.kind))


def days_late(due_on: date, submitted_on: date) -> int:
    """Calendar days after the due day; 0 when in time (条例 art. 37 counts each report that is not submitted)."""
    return max(0, (submitted_on - due_on).days)
