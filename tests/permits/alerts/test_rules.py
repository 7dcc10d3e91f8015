"""Which alert level holds where and when (大气污染防治法 art. 93-96)."""

from __future__ import annotations

import itertools
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.alerts.rules import (
    AlertFact,
    State,
    Step,
    after,
    covers,
    divisions_over,
    level_on,
    step_to,
)

ZONE = timezone(timedelta(hours=8))


def alert(level: str, begins: str, ends: str | None, region: str = "152501") -> AlertFact:
    moment = datetime.fromisoformat
    return AlertFact(
        level,
        region,
        moment(begins).replace(tzinfo=ZONE),
        moment(ends).replace(tzinfo=ZONE) if ends else None,
    )


class TestMachineArticle96:
    def test_only_an_open_alert_is_raised_lowered_rescheduled_or_lifted(self) -> None:
        wanted = {Step.RAISE: State.CHANGED, Step.LOWER: State.CHANGED}
        wanted |= {Step.RESCHEDULE: State.OPEN, Step.LIFT: State.LIFTED}
        for state, step in itertools.product(State, Step):
            assert after(state, step) == (wanted[step] if state is State.OPEN else None)

    @pytest.mark.parametrize(
        ("level", "following", "step"),
        [("yellow", "red", Step.RAISE), ("red", "orange", Step.LOWER), ("orange", "orange", None)],
    )
    def test_another_level_is_higher_or_lower(self, level: str, following: str, step: Step | None) -> None:
        assert step_to(level, following) == step


class TestCovers:
    @pytest.mark.parametrize(
        ("region", "covered"),
        [("152501", True), ("152500", True), ("150000", True), ("152502", False), ("152600", False)],
    )
    def test_a_city_and_a_province_hold_for_what_lies_in_them(self, region: str, covered: bool) -> None:
        assert covers(region, "152501") is covered

    def test_a_division_lies_in_its_city_and_its_province(self) -> None:
        assert divisions_over("152501") == ("152501", "152500", "150000")


class TestLevelOnArticle95:
    @pytest.mark.parametrize(
        ("day", "level"),
        [("12-02", None), ("12-03", "yellow"), ("12-04", "orange"), ("12-05", "orange"), ("12-06", None)],
    )
    def test_the_highest_of_those_that_touch_the_day(self, day: str, level: str | None) -> None:
        alerts = [
            alert("yellow", "2026-12-03T20:00", "2026-12-05T08:00"),
            alert("orange", "2026-12-04T08:00", "2026-12-06T00:00"),
            alert("red", "2026-12-04T08:00", None, region="150100"),
        ]
        found = level_on(alerts, day=date.fromisoformat(f"2026-{day}"), region="152501", zone=ZONE)
        assert found == level

    def test_one_that_was_not_lifted_goes_on(self) -> None:
        alerts = [alert("red", "2026-12-03T20:00", None)]
        assert level_on(alerts, day=date(2027, 3, 1), region="152501", zone=ZONE) == "red"

    def test_one_declared_by_mistake_never_held(self) -> None:
        alerts = [alert("red", "2026-12-03T20:00", "2026-12-03T20:00")]
        assert level_on(alerts, day=date(2026, 12, 3), region="152501", zone=ZONE) is None

    @given(st.integers(0, 100), st.integers(0, 100))
    def test_it_touches_every_day_from_its_first_to_its_last(self, begin_hours: int, hours: int) -> None:
        begins = datetime(2026, 12, 1, tzinfo=ZONE) + timedelta(hours=begin_hours)
        fact = AlertFact("red", "152501", begins, begins + timedelta(hours=hours))
        touched = {(begins + timedelta(minutes=30 * step)).date() for step in range(2 * hours)}
        days = [date(2026, 11, 30) + timedelta(days=n) for n in range(15)]
        assert {day for day in days if fact.touches(day, ZONE)} == touched
