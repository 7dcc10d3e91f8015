"""The states of a draft report. Pure: no clock, no database.

An agent (第三方代理) prepares and files; the enterprise answers for what is submitted, so its legal representative
signs (排污许可管理条例 art. 22: the holder is responsible for the truth of its reports).
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """States of a draft."""

    OPEN = "open"  # 待签署
    SIGNED = "signed"  # 已签署并提交
    DISCARDED = "discarded"  # 已作废


class Step(StrEnum):
    """What can happen to a draft after it was filed."""

    CHANGE = "change"  # 修改
    SIGN = "sign"  # 签署
    DISCARD = "discard"  # 作废


# What was signed is a report, and is corrected as one; what was discarded is filed anew.
TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.OPEN, Step.CHANGE): State.OPEN,
    (State.OPEN, Step.SIGN): State.SIGNED,
    (State.OPEN, Step.DISCARD): State.DISCARDED,
}


def after(state: State, step: Step) -> State | None:
    """The state that `step` leads to; None where the step is not open."""
    return TRANSITIONS.get((state, step))
