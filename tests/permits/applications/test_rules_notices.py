"""Reminders of the authority's own periods (ours), and that a missed one is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.applications.rules_clocks import Clock, ClockKind
from services.permits.applications.rules_notices import OVERDUE, DecisionSchedule, notice_of

DAY = date(2025, 4, 14)
DECISION = Clock(ClockKind.DECISION, DAY, 20, "排污许可管理条例 第十二条", 30)


@pytest.mark.parametrize(
    ("left", "step"),
    [(6, None), (5, "ahead_5"), (2, "ahead_5"), (1, "ahead_1"), (0, "ahead_1"), (-1, OVERDUE), (-9, OVERDUE)],
)
def test_the_last_reminder_whose_day_has_come_then_that_it_is_over(left: int, step: str | None) -> None:
    assert notice_of(replace(DECISION, days_left=left), DecisionSchedule()) == step


def test_article_45_of_a_clock_that_is_stopped_nobody_is_reminded() -> None:
    stopped = replace(DECISION, days_left=1, stopped_since=DAY)
    assert notice_of(stopped, DecisionSchedule()) is None
    assert notice_of(replace(stopped, days_left=-1), DecisionSchedule()) == OVERDUE


@given(kind=st.sampled_from(ClockKind), left=st.integers(-40, 60))
def test_a_day_later_nothing_milder_is_told(kind: ClockKind, left: int) -> None:
    order = [None, *(f"ahead_{days}" for days in range(10, -1, -1)), OVERDUE]
    today, tomorrow = (
        order.index(notice_of(replace(DECISION, kind=kind, days_left=each), DecisionSchedule()))
        for each in (left, left - 1)
    )
    assert today <= tomorrow


def test_a_reminder_is_given_once_and_not_weeks_ahead() -> None:
    for wrong in ((5, 5), (11,), (-1,)):
        with pytest.raises(ValueError, match="each once"):
            DecisionSchedule(decision=wrong)
