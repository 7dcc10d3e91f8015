"""Reporting periods of execution reports and their due dates (HJ 944-2018; the dates are on the permit)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from infra.sample.types import ReportKind, SamplePermit
from services.kit.anniversaries import anniversary

HISTORY_YEARS = 2


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar quarter or a calendar year, both ends included."""

    kind: ReportKind
    start: date
    end: date


def quarter(year: int, number: int) -> Period:
    end = date(year, 12, 31) if number == 4 else date(year, number * 3 + 1, 1) - timedelta(days=1)
    return Period("quarterly", date(year, number * 3 - 2, 1), end)


def calendar_year(year: int) -> Period:
    return Period("annual", date(year, 1, 1), date(year, 12, 31))


def last_ended_quarter(as_of: date) -> Period:
    in_year = (as_of.month - 1) // 3
    return quarter(as_of.year, in_year) if in_year else quarter(as_of.year - 1, 4)


def due_on(permit: SamplePermit, period: Period) -> date:
    """The last day on which the report is in time."""
    after = period.end + timedelta(days=1)
    if period.kind == "quarterly":
        return after.replace(day=permit.quarterly_due_day)
    return date(after.year, permit.annual_due_month, permit.annual_due_day)


def reported_periods(permit: SamplePermit, as_of: date) -> Iterator[Period]:
    """The periods that ended within the two years before `as_of` and are to be reported, oldest first."""
    first = anniversary(as_of, -HISTORY_YEARS)
    for year in range(first.year, as_of.year + 1):
        periods = [quarter(year, number) for number in range(1, 5)] if "quarterly" in permit.reports else []
        for period in [*periods, calendar_year(year)]:
            if first <= period.end < as_of:
                yield period
