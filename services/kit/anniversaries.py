"""Spans of years that the law counts from a day to the day before its anniversary. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta


def anniversary(day: date, years: int) -> date:
    """The same day so many years later; of 29 February, 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def same_day_of_month(day: date, months: int) -> date:
    """The same day so many months later; in a month that is too short, its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day_of_years(first: date, years: int) -> date:
    """The last day of so many full years that begin on `first`."""
    return anniversary(first, years) - timedelta(days=1)
