"""Reminders of periods ahead, and that they are over (ours: the law sets the periods)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.deadlines.rules import PeriodSchedule, Running, notice_of
from tests.permits.applications.machine import CALENDAR

LAST = date(2025, 3, 17)
"""A Monday."""
RUNNING = Running("hearing_request", LAST, "行政处罚法 第六十四条")


@pytest.mark.parametrize(
    ("today", "step"),
    [
        (date(2025, 3, 12), None),  # Wednesday: three working days
        (date(2025, 3, 13), "ahead_2"),
        (date(2025, 3, 14), "ahead_1"),
        (date(2025, 3, 15), "ahead_1"),  # Saturday: Monday is still to come
        (LAST, "ahead_1"),
        (date(2025, 3, 18), "over"),
    ],
)
def test_the_last_reminder_whose_day_has_come_and_then_that_it_is_over(today: date, step: str | None) -> None:
    assert notice_of(RUNNING, PeriodSchedule(), today=today, calendar=CALENDAR) == step


@given(st.integers(-40, 40))
def test_a_period_is_over_from_the_day_after_its_last(days: int) -> None:
    today = LAST + timedelta(days=days)
    assert (RUNNING.days_left(today, CALENDAR) < 0) == (today > LAST)


def test_over_a_weekend_it_is_over_by_a_day_at_least() -> None:
    friday = Running("hearing", date(2025, 3, 14), "行政处罚法 第六十四条")
    assert friday.days_left(date(2025, 3, 15), CALENDAR) == -1


@pytest.mark.parametrize("ahead", [(11,), (-1,), (1, 1)])
def test_reminders_are_given_ahead_and_once_each(ahead: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="ahead"):
        PeriodSchedule(hearing=ahead)
