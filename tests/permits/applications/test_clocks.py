"""The periods of the authority, in working days (行政许可法 art. 82): 条例 art. 9, 12, 14; 行政许可法 art. 44, 45."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.applications.periods import periods
from services.permits.applications.rules import Case, Done, Item, Kind, Outcome, State, Step
from services.permits.applications.rules_clocks import (
    ClockKind,
    Standing,
    decision_period,
    lapsed,
    remedies_until,
)
from tests.permits.applications.machine import APPLICANT, CALENDAR, CHANGE, MONDAY, stands, submitted, ways

FRIDAY = MONDAY + timedelta(days=4)
LABOUR_DAY = date(2025, 4, 30)
"""A Wednesday; 1 to 5 May are off, 27 April was worked."""


def case_of(*steps: tuple[Step, date], **more: object) -> Case:
    case = submitted(**more)
    for step, on in steps:
        case = case.with_step(Done(step, on, APPLICANT if step is Step.CORRECT else "wang"))
    return case


def clock_on(case: Case, today: date) -> tuple[ClockKind, date, int]:
    clock = stands(case, today).clock
    assert clock is not None
    return clock.kind, clock.deadline, clock.days_left


def test_article_9_4_three_working_days_for_the_notice() -> None:
    assert clock_on(submitted(), MONDAY) == (ClockKind.COMPLETENESS, MONDAY + timedelta(days=3), 3)
    over_a_weekend = submitted(on=FRIDAY)
    assert clock_on(over_a_weekend, FRIDAY + timedelta(days=2)) == (
        ClockKind.COMPLETENESS,
        FRIDAY + timedelta(days=5),
        3,
    )
    assert clock_on(submitted(on=LABOUR_DAY), LABOUR_DAY)[1] == date(2025, 5, 8)


def test_article_9_4_without_a_word_it_is_accepted_as_of_its_receipt() -> None:
    last = MONDAY + timedelta(days=3)
    on_time, too_late = stands(submitted(), last), stands(submitted(), last + timedelta(days=1))
    assert (on_time.state, on_time.deemed_accepted) == (State.SUBMITTED, False)
    assert (too_late.state, too_late.deemed_accepted) == (State.ACCEPTED, True)
    assert too_late.accepted_on == MONDAY
    assert clock_on(submitted(), last + timedelta(days=1)) == (
        ClockKind.DECISION,
        CALENDAR.deadline_after(MONDAY, 30).on,
        26,
    )


def test_what_was_deemed_accepted_reads_the_same_once_it_is_written_down() -> None:
    today = MONDAY + timedelta(days=10)
    written = submitted().with_step(Done(Step.DEEM_ACCEPTED, today, ""))
    assert stands(written, today) == stands(submitted(), today)


def test_article_9_4_while_the_applicant_supplies_nothing_runs() -> None:
    case = case_of((Step.NOTIFY, MONDAY))
    assert stands(case, MONDAY + timedelta(days=90)).clock is None
    assert not lapsed(case, MONDAY + timedelta(days=90), CALENDAR)


def test_article_9_5_the_three_days_begin_anew_with_what_was_supplied() -> None:
    supplied = MONDAY + timedelta(days=30)
    case = case_of((Step.NOTIFY, MONDAY), (Step.CORRECT, supplied))
    assert clock_on(case, supplied)[1] == CALENDAR.deadline_after(supplied, 3).on
    assert stands(case, supplied + timedelta(days=20)).accepted_on == supplied


def test_article_9_3_a_correction_on_the_spot_begins_nothing_anew() -> None:
    case = case_of((Step.ALLOW_CORRECTION, MONDAY), (Step.CORRECT, MONDAY + timedelta(days=2)))
    assert clock_on(case, MONDAY + timedelta(days=2)) == (
        ClockKind.COMPLETENESS,
        MONDAY + timedelta(days=3),
        1,
    )


@pytest.mark.parametrize(
    ("kind", "management_class", "site_check", "days", "article"),
    [
        (Kind.FIRST, "simplified", False, 20, "第十二条"),
        (Kind.FIRST, "simplified", True, 20, "第十二条"),
        (Kind.FIRST, "key", False, 30, "第十二条"),
        (Kind.REAPPLICATION, "key", True, 45, "第十二条"),
        (Kind.SUPPLEMENT, "key", True, 45, "第十二条"),
        (Kind.RENEWAL, "key", True, 20, "第十四条"),
        (Kind.RENEWAL, "simplified", False, 20, "第十四条"),
        (Kind.CHANGE, "key", True, 20, "第四十二条"),
    ],
)
def test_articles_12_and_14_days_for_the_decision(
    kind: Kind, management_class: str, *, site_check: bool, days: int, article: str
) -> None:
    period = decision_period(kind, management_class, site_check=site_check, change=CHANGE)
    assert period.days == days
    assert article in period.basis


def test_article_12_the_decision_counts_from_acceptance() -> None:
    case = case_of((Step.ACCEPT, FRIDAY), management_class="simplified")
    deadline = CALENDAR.deadline_after(FRIDAY, 20).on
    assert clock_on(case, FRIDAY) == (ClockKind.DECISION, deadline, 20)
    assert clock_on(case, deadline) == (ClockKind.DECISION, deadline, 0)
    assert clock_on(case, CALENDAR.deadline_after(deadline, 4).on) == (ClockKind.DECISION, deadline, -4)


def test_article_12_a_site_check_lengthens_a_period_that_runs_and_mends_none_that_was_missed() -> None:
    accepted = case_of((Step.ACCEPT, MONDAY))
    last = CALENDAR.deadline_after(MONDAY, 30).on
    in_time = accepted.with_step(Done(Step.ORDER_SITE_CHECK, last, "wang"))
    too_late = accepted.with_step(Done(Step.ORDER_SITE_CHECK, last + timedelta(days=3), "wang"))
    assert clock_on(in_time, last)[1] == CALENDAR.deadline_after(MONDAY, 45).on
    assert clock_on(too_late, last + timedelta(days=3))[1] == last


def test_article_45_days_of_expert_review_are_not_counted() -> None:
    stopped, resumed = MONDAY + timedelta(days=7), MONDAY + timedelta(days=28)
    paused = case_of((Step.ACCEPT, MONDAY), (Step.PAUSE, stopped))
    resumed_case = paused.with_step(Done(Step.RESUME, resumed, "wang"))
    standing = stands(paused, resumed)
    assert standing.clock is not None
    assert (standing.clock.days_left, standing.clock.stopped_since) == (25, stopped)
    assert standing.clock.deadline == CALENDAR.deadline_after(resumed, 25).on
    assert clock_on(resumed_case, resumed)[2] == 25
    later = CALENDAR.deadline_after(resumed, 25).on
    assert clock_on(resumed_case, later) == (ClockKind.DECISION, later, 0)


def test_article_45_a_stop_gives_back_nothing_that_was_missed() -> None:
    last = CALENDAR.deadline_after(MONDAY, 30).on
    stopped = CALENDAR.deadline_after(last, 5).on
    case = case_of((Step.ACCEPT, MONDAY), (Step.PAUSE, stopped), (Step.RESUME, stopped + timedelta(days=60)))
    assert clock_on(case, stopped + timedelta(days=60))[1] == last


def test_a_stop_that_ends_on_its_day_changes_nothing() -> None:
    day = MONDAY + timedelta(days=8)
    case = case_of((Step.ACCEPT, MONDAY))
    stopped = replace(
        case, history=(*case.history, Done(Step.PAUSE, day, "wang"), Done(Step.RESUME, day, "wang"))
    )
    assert clock_on(stopped, day) == clock_on(case, day)


def test_article_44_ten_working_days_for_the_delivery() -> None:
    case = replace(
        case_of((Step.ACCEPT, MONDAY), (Step.REVIEW, MONDAY), (Step.GRANT, FRIDAY)),
        findings=dict.fromkeys(Item, Outcome.MET),
    )
    assert clock_on(case, FRIDAY) == (ClockKind.DELIVERY, CALENDAR.deadline_after(FRIDAY, 10).on, 10)
    assert stands(case.with_step(Done(Step.DELIVER, FRIDAY, "clerk")), FRIDAY).clock is None


def test_article_38_2_a_refusal_is_delivered_within_the_same_ten_days() -> None:
    refused = case_of((Step.ACCEPT, MONDAY), (Step.REVIEW, MONDAY), (Step.REFUSE, FRIDAY))
    assert clock_on(refused, FRIDAY) == (ClockKind.DELIVERY, CALENDAR.deadline_after(FRIDAY, 10).on, 10)
    clock = stands(refused, FRIDAY).clock
    assert clock is not None
    assert clock.basis == "行政许可法 第三十八条第二款、第四十四条"
    assert stands(refused.with_step(Done(Step.DELIVER_REFUSAL, FRIDAY, "clerk")), FRIDAY).clock is None


def test_article_38_2_reconsideration_in_sixty_days_and_litigation_in_six_months_of_receipt() -> None:
    remedies = periods().remedies_on(MONDAY)
    assert (remedies.reconsideration_days, remedies.litigation_months) == (60, 6)
    assert remedies_until(date(2025, 8, 31), remedies) == (date(2025, 10, 30), date(2026, 2, 28))


def test_a_period_that_crosses_into_a_year_without_a_calendar_is_provisional() -> None:
    far = date(2040, 12, 20)
    clock = stands(submitted(on=far), far).clock
    assert clock is not None
    assert (clock.provisional, clock.uncovered_years) == (True, (2040,))
    known = stands(submitted(), MONDAY).clock
    assert known is not None
    assert (known.provisional, known.calendar) == (False, CALENDAR.calendar)


def days_after(cases: list[Case], count: int = 12) -> list[tuple[Case, date, Standing]]:
    """Each stage of an application on the day of its last step and those until the next one."""
    seen = []
    for case, following in itertools.zip_longest(cases, cases[1:]):
        first = case.history[-1].on
        last = following.history[-1].on if following else first + timedelta(days=count)
        for after in range((last - first).days + 1):
            today = first + timedelta(days=after)
            seen.append((case, today, stands(case, today)))
    return seen


@given(ways())
def test_no_clock_runs_backwards(cases: list[Case]) -> None:
    """As days go by a deadline stays, or moves on while its clock is stopped or a site check lengthens it."""
    for (_, _, before), (_, today, now) in itertools.pairwise(days_after(cases)):
        assert now.accepted_on is None or now.accepted_on <= today
        assert before.accepted_on in (None, now.accepted_on)
        if before.clock and now.clock and before.clock.kind is now.clock.kind is ClockKind.DECISION:
            assert now.clock.deadline >= before.clock.deadline


@given(ways())
def test_a_day_takes_one_working_day_from_a_clock_that_runs_and_none_from_one_that_is_stopped(
    cases: list[Case],
) -> None:
    for (case, day, before), (same, today, now) in itertools.pairwise(days_after(cases)):
        if (
            case is not same
            or before.clock is None
            or now.clock is None
            or before.clock.kind is not now.clock.kind
        ):
            continue
        passed = CALENDAR.working_days_between(day, today).days
        stopped = before.clock.stopped_since is not None
        assert before.clock.days_left - now.clock.days_left == (0 if stopped else passed)


@given(ways())
def test_a_stop_neither_lengthens_nor_shortens_what_is_left(cases: list[Case]) -> None:
    left = None
    for case in cases:
        step, today = case.history[-1].step, case.history[-1].on
        clock = stands(case, today).clock
        if step is Step.PAUSE:
            assert clock is not None
            left = clock.days_left
        elif step is Step.RESUME:
            assert clock is not None
            assert left is not None
            assert clock.days_left == left if left >= 0 else clock.days_left <= left


@given(ways(), st.integers(0, 400))
def test_used_days_are_those_between_acceptance_and_today_that_lie_in_no_stop(
    cases: list[Case], after: int
) -> None:
    """Counted day by day, beside the rule that counts by spans."""
    case = cases[-1]
    today = case.history[-1].on + timedelta(days=after)
    standing = stands(case, today)
    clock = standing.clock
    if (
        clock is None
        or clock.kind is not ClockKind.DECISION
        or standing.accepted_on is None
        or clock.days_left < 0
    ):
        return
    stops, begun = [], None
    for done in case.history:
        if done.step is Step.PAUSE:
            begun = done.on
        elif done.step is Step.RESUME:
            stops.append((begun, done.on))
            begun = None
    if begun is not None:
        stops.append((begun, today))
    days = (
        standing.accepted_on + timedelta(days=n) for n in range(1, (today - standing.accepted_on).days + 1)
    )
    counted = [
        day
        for day in days
        if CALENDAR.is_working_day(day) and not any(first < day <= last for first, last in stops)  # type: ignore[operator]
    ]
    assert clock.days_left == clock.period_days - len(counted)
