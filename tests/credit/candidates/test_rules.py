"""What may become of a candidate."""

from __future__ import annotations

import pytest

from services.credit.candidates.rules import State, Step, after


def test_an_open_candidate_is_recorded_or_dismissed() -> None:
    assert after(State.OPEN, Step.RECORD) is State.RECORDED
    assert after(State.OPEN, Step.DISMISS) is State.DISMISSED


@pytest.mark.parametrize("state", [State.RECORDED, State.DISMISSED])
@pytest.mark.parametrize("step", list(Step))
def test_a_candidate_is_decided_on_once(state: State, step: Step) -> None:
    assert after(state, step) is None
