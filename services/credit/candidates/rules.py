"""What may become of a candidate. Pure.

A fact of another service is evidence, not yet a record: a clerk looks at it and enters a record from the deciding
document, or dismisses it and says why (谁认定谁负责; 环发〔2013〕150号: what is recorded has a deciding document).
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """States of a candidate: 待认定, 已转为记录, 不予认定."""

    OPEN = "open"
    RECORDED = "recorded"
    DISMISSED = "dismissed"


class Step(StrEnum):
    """What a clerk can do with an open candidate."""

    RECORD = "record"
    DISMISS = "dismiss"


_STEPS = {(State.OPEN, Step.RECORD): State.RECORDED, (State.OPEN, Step.DISMISS): State.DISMISSED}


def after(state: State, step: Step) -> State | None:
    """The state that a step leads to; None where it is not open: a candidate is decided on once."""
    return _STEPS.get((state, step))
