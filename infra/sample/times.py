"""Moments of the sample's past."""

from __future__ import annotations

from datetime import date, datetime, time

from services.kit import clock


def at_hour(day: date, hour: int) -> datetime:
    """A full hour of a day in the city, aware."""
    return datetime.combine(day, time(hour), clock.CITY_TIME)
