"""What comes before a permit is ended: the holder is told, says what it has to say, and may be heard. Pure.

Sources: 行政许可法 art. 7 (whoever is affected may state and defend, 陈述、申辩); 行政处罚法 (2021) art. 44, 45 (told
before the decision), 63, 64, 65 (hearing, 听证), 85 (its days are working days): all from memory. How long each takes
is configuration (`data/endings.toml`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.kit.working_days import WorkingCalendar
from services.permits.deadlines.rules import Running
from services.permits.endings.rules import Kind

ARTICLE_NOTICE = "行政许可法 第七条；行政处罚法 第四十四条"
ARTICLE_STATEMENT = "行政许可法 第七条；行政处罚法 第四十五条"
ARTICLE_HEARING = "行政处罚法 第六十三条、第六十四条"
ARTICLE_RECORD = "行政处罚法 第六十四条、第六十五条"


class State(StrEnum):
    """How far the way to a decision on an end has come."""

    PROPOSED = "proposed"  # 已提出，待告知
    NOTIFIED = "notified"  # 已事先告知
    HEARING_REQUESTED = "hearing_requested"  # 已申请听证
    HEARING_CALLED = "hearing_called"  # 已通知听证
    HEARD = "heard"  # 已听证
    APPROVED = "approved"  # 已决定终止
    REJECTED = "rejected"  # 不予终止


class Step(StrEnum):
    """What can happen to a proposal to end a permit."""

    NOTIFY = "notify"  # 事先告知
    STATE = "state"  # 陈述、申辩
    REQUEST_HEARING = "request_hearing"  # 申请听证
    WITHDRAW_REQUEST = "withdraw_request"  # 撤回听证申请
    CALL_HEARING = "call_hearing"  # 通知听证
    RECORD_HEARING = "record_hearing"  # 听证笔录
    APPROVE = "approve"  # 决定终止
    REJECT = "reject"  # 不予终止


_UNDECIDED = (
    *(State.PROPOSED, State.NOTIFIED, State.HEARING_REQUESTED),
    *(State.HEARING_CALLED, State.HEARD),
)

# 行政处罚法 art. 63-65: who asks is heard before anything is decided; what was not decided can always be let go.
TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.PROPOSED, Step.NOTIFY): State.NOTIFIED,
    (State.NOTIFIED, Step.REQUEST_HEARING): State.HEARING_REQUESTED,
    (State.HEARING_REQUESTED, Step.WITHDRAW_REQUEST): State.NOTIFIED,
    (State.HEARING_REQUESTED, Step.CALL_HEARING): State.HEARING_CALLED,
    (State.HEARING_CALLED, Step.CALL_HEARING): State.HEARING_CALLED,
    (State.HEARING_CALLED, Step.WITHDRAW_REQUEST): State.NOTIFIED,
    (State.HEARING_CALLED, Step.RECORD_HEARING): State.HEARD,
    **{(state, Step.STATE): state for state in _UNDECIDED},
    **{(state, Step.APPROVE): State.APPROVED for state in (State.PROPOSED, State.NOTIFIED, State.HEARD)},
    **{(state, Step.REJECT): State.REJECTED for state in _UNDECIDED},
}

NOTICE_FIRST: frozenset[Kind] = frozenset({"annulled", "withdrawn", "revoked"})
"""Ends that take something from the holder: it is told before. A cancellation records what has ended already."""

HEARING_FOR: frozenset[Kind] = frozenset({"revoked"})
"""行政处罚法 art. 63(1)(3): 吊销许可证件 is heard on request; the other ends are no punishment."""


class Obstacle(StrEnum):
    """Why a step is not open; each is the code of a refusal."""

    STEP_NOT_OPEN = "step_not_open"
    NOTICE_NEEDED = "notice_needed"
    NO_HEARING = "no_hearing"
    HEARING_CLOSED = "hearing_closed"
    HEARING_OPEN = "hearing_open"


@dataclass(frozen=True, slots=True)
class Told:
    """What the clock of a proposal rests on: when the holder was told, and until when it may ask to be heard."""

    on: date
    hearing_until: date | None


def running(
    state: State,
    *,
    told: Told | None,
    hearing_on: date | None,
    statement_until: date | None,
    stated: bool,
) -> Running | None:
    """行政处罚法 art. 45, 63, 64: the period that ends next; None where nobody waits for a day.

    `statement_until` is None where the holder may be heard. Who has stated is not reminded of it.
    """
    if state is State.HEARING_CALLED and hearing_on is not None:
        return Running("hearing", hearing_on, ARTICLE_RECORD)
    if state is not State.NOTIFIED or told is None:
        return None
    if told.hearing_until is not None:
        return Running("hearing_request", told.hearing_until, ARTICLE_HEARING)
    if statement_until is not None and not stated:
        return Running("statement", statement_until, ARTICLE_STATEMENT)
    return None


def after(state: State, step: Step) -> State | None:
    """The state that `step` leads to; None where the step is not open."""
    return TRANSITIONS.get((state, step))


def state_of(steps: Iterable[Step]) -> State:
    """Where a proposal stands after these steps, oldest first."""
    state = State.PROPOSED
    for step in steps:
        state = TRANSITIONS[(state, step)]
    return state


def obstacle(kind: Kind, state: State, step: Step, *, told: Told | None, today: date) -> Obstacle | None:
    """What stands in the way of a step; None where it is open.

    行政处罚法 art. 44, 62: no decision without having told the holder. Art. 64(1): a hearing is asked for in time, and
    until that time is over nothing is decided.
    """
    if after(state, step) is None:
        return Obstacle.STEP_NOT_OPEN
    if step is Step.REQUEST_HEARING:
        if kind not in HEARING_FOR or told is None or told.hearing_until is None:
            return Obstacle.NO_HEARING
        return Obstacle.HEARING_CLOSED if today > told.hearing_until else None
    if step is Step.APPROVE:
        if kind in NOTICE_FIRST and told is None:
            return Obstacle.NOTICE_NEEDED
        until = told.hearing_until if told is not None and state is not State.HEARD else None
        if until is not None and today <= until:
            return Obstacle.HEARING_OPEN
    return None


def earliest_hearing(called_on: date, *, working_days: int, calendar: WorkingCalendar) -> date:
    """行政处罚法 art. 64(2): place and time are told seven (working) days before."""
    return calendar.deadline_after(called_on, working_days).on
