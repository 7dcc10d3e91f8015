"""The working days that this service's deadlines are counted in."""

from __future__ import annotations

from functools import lru_cache

from services.kit.working_days import WorkingCalendar, working_calendar


@lru_cache(maxsize=1)
def published_calendar() -> WorkingCalendar:
    """The working days of the State Council's notices, read once per process."""
    return working_calendar()
