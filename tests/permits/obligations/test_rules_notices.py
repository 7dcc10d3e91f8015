"""When somebody is reminded of a report, and who is told when it is late."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.obligations.rules_notices import Schedule, level_of, steps_on
from tests.permits.obligations.permits_made import day

DUE = day("2026-04-15")


def named(today: str, schedule: Schedule | None = None) -> list[str]:
    return [step.name for step in steps_on(schedule or Schedule(), due_on=DUE, today=day(today))]


@pytest.mark.parametrize(
    ("today", "steps"),
    [
        ("2026-03-31", []),
        ("2026-04-01", ["ahead_14"]),
        ("2026-04-07", ["ahead_14"]),
        ("2026-04-08", ["ahead_7"]),
        ("2026-04-14", ["ahead_1"]),
        ("2026-04-15", ["ahead_1"]),
        ("2026-04-16", ["late_enterprise"]),
        ("2026-04-22", ["late_enterprise"]),
        ("2026-04-23", ["late_enterprise", "late_reviewer"]),
        ("2026-05-16", ["late_enterprise", "late_reviewer", "late_inspector"]),
    ],
)
def test_the_enterprise_is_reminded_then_told_then_the_bureau(today: str, steps: list[str]) -> None:
    assert named(today) == steps


def test_the_days_are_configuration() -> None:
    patient = Schedule(ahead=(30,), enterprise=3, reviewer=3, inspector=10)
    assert named("2026-03-16", patient) == ["ahead_30"]
    assert named("2026-04-17", patient) == []
    assert named("2026-04-18", patient) == ["late_enterprise", "late_reviewer"]


@pytest.mark.parametrize(
    "wrong", [{"ahead": (0,)}, {"ahead": (7, 7)}, {"reviewer": 0}, {"reviewer": 40}, {"enterprise": 9}]
)
def test_a_schedule_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"reminders|first"):
        Schedule(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("late", "level"), [(0, None), (1, "enterprise"), (8, "reviewer"), (30, "reviewer"), (31, "inspector")]
)
def test_whoever_was_told_last_is_the_level(late: int, level: str | None) -> None:
    assert level_of(Schedule(), late) == level


@given(
    st.sets(st.integers(1, 60), max_size=4),
    st.lists(st.integers(1, 90), min_size=3, max_size=3),
    st.integers(-200, 200),
)
def test_no_step_is_taken_before_its_day_and_no_escalation_is_ever_lost(
    ahead: set[int], late: list[int], offset: int
) -> None:
    levels = dict(zip(("enterprise", "reviewer", "inspector"), sorted(late), strict=True))
    schedule = Schedule(ahead=tuple(ahead), **levels)
    today: date = DUE + timedelta(days=offset)
    steps = steps_on(schedule, due_on=DUE, today=today)
    assert all(step.days <= offset for step in steps)
    assert {step.level for step in steps if not step.ahead} == {
        level for level, days in levels.items() if days <= offset
    }
    assert len([step for step in steps if step.ahead]) <= 1
    assert not (offset > 0 and any(step.ahead for step in steps))
