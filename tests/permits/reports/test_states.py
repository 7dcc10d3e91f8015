"""The states that an execution report goes through."""

from __future__ import annotations

import itertools
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.permits.reports.rules import TRANSITIONS, State, Step, after, last_day_to_repudiate

STEPS = st.lists(st.sampled_from(Step), max_size=30)

# Written out beside the rules: a step that is not here is not open.
OPEN = {
    ("submitted", "correct"): "submitted",
    ("submitted", "return"): "returned",
    ("submitted", "accept"): "accepted",
    ("returned", "correct"): "submitted",
    ("submitted", "repudiate"): "repudiated",
    ("returned", "repudiate"): "repudiated",
    ("accepted", "repudiate"): "repudiated",
    ("repudiated", "correct"): "submitted",
}


def test_every_step_from_every_state_leads_where_it_should_or_nowhere() -> None:
    for state, step in itertools.product(State, Step):
        assert after(state, step) == OPEN.get((state, step)), (state, step)
    assert {(state.value, step.value): end.value for (state, step), end in TRANSITIONS.items()} == OPEN


@given(STEPS)
def test_no_sequence_of_steps_reaches_accepted_without_a_review(steps: list[Step]) -> None:
    state = State.SUBMITTED
    for step in steps:
        following = after(state, step)
        if following is State.ACCEPTED:
            assert step is Step.ACCEPT
        state = following or state
    without_review = [step for step in steps if step is Step.CORRECT]
    state = State.SUBMITTED
    for step in without_review:
        state = after(state, step) or state
    assert state is not State.ACCEPTED


@given(STEPS)
def test_what_was_accepted_stays_accepted_unless_it_is_repudiated(steps: list[Step]) -> None:
    assert all(after(State.ACCEPTED, step) is None for step in steps if step is not Step.REPUDIATE)


@given(STEPS)
def test_what_was_repudiated_stands_again_only_by_a_new_version(steps: list[Step]) -> None:
    state = State.REPUDIATED
    for step in itertools.takewhile(lambda step: step is not Step.CORRECT, steps):
        assert after(state, step) is None


def test_a_submission_can_be_repudiated_for_30_days_the_last_included() -> None:
    assert last_day_to_repudiate(date(2026, 1, 31)) == date(2026, 3, 2)
    assert last_day_to_repudiate(date(2026, 1, 31), 1) == date(2026, 2, 1)


@given(STEPS)
def test_a_returned_report_is_only_reviewed_again_after_a_correction(steps: list[Step]) -> None:
    state = State.RETURNED
    for step in itertools.takewhile(lambda step: step not in (Step.CORRECT, Step.REPUDIATE), steps):
        assert after(state, step) is None
