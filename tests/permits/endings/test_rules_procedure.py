"""What comes before the decision on an end (行政许可法 art. 7; 行政处罚法 art. 44, 45, 63-65)."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.working_days import working_calendar
from services.permits.endings.rules import KINDS, Kind
from services.permits.endings.rules_procedure import (
    HEARING_FOR,
    NOTICE_FIRST,
    Obstacle,
    State,
    Step,
    Told,
    after,
    earliest_hearing,
    obstacle,
)

FRIDAY = date(2026, 9, 25)
TOLD = Told(FRIDAY, FRIDAY + timedelta(days=7))
LATER = FRIDAY + timedelta(days=8)
# Written out beside the rules: a step that is not here is not open.
ALWAYS = {"reject": "rejected"}
WANTED = {
    "proposed": {"notify": "notified", "state": "proposed", "approve": "approved", **ALWAYS},
    "notified": {
        "request_hearing": "hearing_requested",
        "state": "notified",
        "approve": "approved",
        **ALWAYS,
    },
    "hearing_requested": {
        "call_hearing": "hearing_called",
        "withdraw_request": "notified",
        "state": "hearing_requested",
        **ALWAYS,
    },
    "hearing_called": {
        "call_hearing": "hearing_called",
        "record_hearing": "heard",
        "withdraw_request": "notified",
        "state": "hearing_called",
        **ALWAYS,
    },
    "heard": {"state": "heard", "approve": "approved", **ALWAYS},
}


def test_every_step_from_every_state_leads_where_it_should_or_nowhere() -> None:
    for state, step in itertools.product(State, Step):
        assert after(state, step) == WANTED.get(state, {}).get(step), (state, step)


@pytest.mark.parametrize("kind", sorted(NOTICE_FIRST))
def test_article_44_nothing_is_taken_from_a_holder_who_was_not_told(kind: Kind) -> None:
    found = obstacle(kind, State.PROPOSED, Step.APPROVE, told=None, today=FRIDAY)
    assert found is Obstacle.NOTICE_NEEDED


def test_article_70_a_cancellation_records_what_has_ended_and_needs_no_notice() -> None:
    assert obstacle("cancelled", State.PROPOSED, Step.APPROVE, told=None, today=FRIDAY) is None


def test_article_64_1_nothing_is_decided_while_a_hearing_may_be_asked_for() -> None:
    told_last = TOLD.hearing_until
    assert told_last is not None
    for day in (FRIDAY, told_last):
        found = obstacle("revoked", State.NOTIFIED, Step.APPROVE, told=TOLD, today=day)
        assert found is Obstacle.HEARING_OPEN
    assert obstacle("revoked", State.NOTIFIED, Step.APPROVE, told=TOLD, today=LATER) is None


def test_article_64_1_a_hearing_is_asked_for_in_time_or_not_at_all() -> None:
    assert obstacle("revoked", State.NOTIFIED, Step.REQUEST_HEARING, told=TOLD, today=FRIDAY) is None
    late = obstacle("revoked", State.NOTIFIED, Step.REQUEST_HEARING, told=TOLD, today=LATER)
    assert late is Obstacle.HEARING_CLOSED
    for kind in set(KINDS.values()) - HEARING_FOR:
        told = Told(FRIDAY, None)
        found = obstacle(kind, State.NOTIFIED, Step.REQUEST_HEARING, told=told, today=FRIDAY)
        assert found is Obstacle.NO_HEARING


def test_article_65_after_the_hearing_it_is_decided_and_not_before() -> None:
    assert obstacle("revoked", State.HEARD, Step.APPROVE, told=TOLD, today=FRIDAY) is None
    for state in (State.HEARING_REQUESTED, State.HEARING_CALLED):
        assert obstacle("revoked", state, Step.APPROVE, told=TOLD, today=LATER) is Obstacle.STEP_NOT_OPEN


def test_article_64_2_the_day_of_the_hearing_is_told_seven_working_days_before() -> None:
    calendar = working_calendar()
    # 25 to 27 September and 1 to 7 October 2026 are off; 20 September and 10 October are worked
    assert earliest_hearing(date(2026, 3, 2), working_days=7, calendar=calendar) == date(2026, 3, 11)


@given(st.lists(st.tuples(st.sampled_from(Step), st.integers(0, 4)), max_size=25))
def test_no_way_to_a_revocation_leaves_out_the_notice_or_a_hearing_that_was_asked_for(
    tries: list[tuple[Step, int]],
) -> None:
    state, told, today, taken = State.PROPOSED, None, FRIDAY, list[Step]()
    for step, days in tries:
        today += timedelta(days=days)
        if obstacle("revoked", state, step, told=told, today=today) is not None:
            continue
        following = after(state, step)
        assert following is not None
        state = following
        taken.append(step)
        if step is Step.NOTIFY:
            told = Told(today, today + timedelta(days=7))
    if Step.APPROVE in taken:
        assert Step.NOTIFY in taken
        asked = [each for each in taken if each in (Step.REQUEST_HEARING, Step.WITHDRAW_REQUEST)]
        if asked and asked[-1] is Step.REQUEST_HEARING:
            assert Step.RECORD_HEARING in taken
