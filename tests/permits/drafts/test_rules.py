"""The states of a draft."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from services.permits.drafts.rules import State, Step, after

# Written out beside the rules: a step that is not here is not open.
OPEN = {("open", "change"): "open", ("open", "sign"): "signed", ("open", "discard"): "discarded"}


def test_every_step_from_every_state_leads_where_it_should_or_nowhere() -> None:
    for state, step in itertools.product(State, Step):
        assert after(state, step) == OPEN.get((state, step)), (state, step)


@given(st.lists(st.sampled_from(Step), max_size=30))
def test_only_a_signature_signs_and_what_ended_stays_ended(steps: list[Step]) -> None:
    state = State.OPEN
    for step in steps:
        following = after(state, step)
        if state is not State.OPEN:
            assert following is None
        if following is State.SIGNED:
            assert step is Step.SIGN
        state = following or state
