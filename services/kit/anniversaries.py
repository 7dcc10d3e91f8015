"""Spans of years that the law counts from a day to the day before its anniversary. Pure."""

from __future__ import annotations

from datetime import date, timedelta


def anniversary(day: date, years: int) -> date:
    """The same day so many years later; of 29 February, 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def last_day_of_years(first: date, years: int) -> date:
    """The last day of so many full years that begin on `first`."""
    return anniversary(first, years) - timedelta(days=1)
