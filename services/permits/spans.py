"""Spans of years that the law counts to the day before an anniversary. Pure."""

from __future__ import annotations

from datetime import date, timedelta


def last_day_of_years(first: date, years: int) -> date:
    """The last day of so many full years that begin on `first`."""
    year = first.year + years
    try:
        anniversary = first.replace(year=year)
    except ValueError:  # begun on 29 February
        anniversary = date(year, 3, 1)
    return anniversary - timedelta(days=1)
