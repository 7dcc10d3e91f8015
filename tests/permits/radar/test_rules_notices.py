"""Reminders of the renewal of a permit (条例 art. 14), day by day."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.deadlines.rules import Span, TermSchedule, spans, step_at
from services.permits.radar import rules
from services.permits.radar.rules_notices import RenewalSchedule, notice_of

LAST = date(2029, 12, 31)
STEPS = ("ahead_180", "ahead_90", "ahead_60", "unapplied", "over")


@pytest.mark.parametrize(
    ("today", "step"),
    [
        (date(2029, 7, 3), None),
        (date(2029, 7, 4), "ahead_180"),
        (date(2029, 10, 1), "ahead_180"),
        (date(2029, 10, 2), "ahead_90"),
        (date(2029, 11, 1), "ahead_60"),  # the last day to apply
        (date(2029, 11, 2), "unapplied"),
        (LAST, "unapplied"),
        (date(2030, 1, 1), "over"),
        (date(2033, 5, 5), "over"),
    ],
)
def test_regulation_14_reminded_to_the_last_day_to_apply_then_told_it_went_by_then_that_it_expired(
    today: date, step: str | None
) -> None:
    assert notice_of(LAST, RenewalSchedule(), today=today) == step


@given(st.integers(-800, 800))
def test_of_a_renewal_under_way_nothing_is_told(days: int) -> None:
    today = LAST + timedelta(days=days)
    assert notice_of(LAST, RenewalSchedule(), today=today, under_way=True) is None


@given(days=st.integers(-800, 800))
def test_what_is_told_agrees_with_the_radar(days: int) -> None:
    today = LAST + timedelta(days=days)
    step, stage = notice_of(LAST, RenewalSchedule(), today=today), rules.stage(LAST, today)
    assert (step == "over") == (stage == "expired")
    assert (step == "unapplied") == (stage == "past_application_day")


@given(
    st.sets(st.integers(60, 730), max_size=6),
    st.lists(st.integers(0, 1200), unique=True, min_size=1, max_size=60),
)
def test_whatever_days_it_is_looked_at_each_step_comes_in_order_and_none_after_a_later_one(
    ahead: set[int], looked_at: list[int]
) -> None:
    schedule = RenewalSchedule(ahead=tuple(ahead))
    order = [None, *(f"ahead_{days}" for days in sorted(ahead, reverse=True)), "unapplied", "over"]
    first = LAST - timedelta(days=900)
    told = [notice_of(LAST, schedule, today=first + timedelta(days=day)) for day in sorted(looked_at)]
    places = [order.index(step) for step in told]
    assert places == sorted(places)


def asked_for(found: list[Span], left: int) -> str | None:
    """What a database that is asked for these spans says of so many days left."""
    steps = [each.step for each in found if (each.least is None or each.least <= left) and left <= each.most]
    assert len(steps) <= 1
    return steps[0] if steps else None


@given(st.sets(st.integers(60, 730), max_size=6), st.integers(-900, 900))
def test_the_database_is_asked_for_what_the_rule_says(ahead: set[int], left: int) -> None:
    schedule = RenewalSchedule(ahead=tuple(ahead))
    today = LAST - timedelta(days=left)
    assert asked_for(schedule.spans, left) == notice_of(LAST, schedule, today=today)


@given(st.sets(st.integers(0, 730), max_size=6), st.integers(-900, 900))
def test_and_so_of_a_registration(ahead: set[int], left: int) -> None:
    assert asked_for(spans(ahead), left) == step_at(left, ahead)


def test_looked_at_every_day_every_step_is_told() -> None:
    told = Counter(
        notice_of(LAST, RenewalSchedule(), today=LAST + timedelta(days=day)) for day in range(-400, 400)
    )
    assert tuple(step for step in told if step) == STEPS


@pytest.mark.parametrize("ahead", [(59,), (731,), (90, 90)])
def test_no_reminder_comes_after_the_last_day_to_apply_and_each_once(ahead: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="ahead"):
        RenewalSchedule(ahead=ahead)


@pytest.mark.parametrize("ahead", [(-1,), (731,), (7, 7)])
def test_reminders_of_a_registration_are_given_ahead_and_once_each(ahead: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="ahead"):
        TermSchedule(ahead=ahead)


def test_without_reminders_it_is_still_told_that_the_day_to_apply_went_by() -> None:
    schedule = RenewalSchedule(ahead=())
    assert notice_of(LAST, schedule, today=LAST - timedelta(days=59)) == "unapplied"
