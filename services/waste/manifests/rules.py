"""The states of a hazardous waste manifest (危险废物转移联单), as data. Pure: no clock, no database.

Source: 危险废物转移管理办法 (Order 23 of 2021, in force 2022-01-01) art. 10-12, 14, 18.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from services.kit.findings import Findings
from services.kit.texts import Text

ORDER = "危险废物转移管理办法"


class State(StrEnum):
    """States of a manifest, with the office's words."""

    DRAFT = "draft"  # 草稿
    SUBMITTED = "submitted"  # 已提交
    READY = "ready"  # 移出人已签
    IN_TRANSIT = "in_transit"  # 运输中
    ARRIVED = "arrived"  # 已运抵
    ACCEPTED = "accepted"  # 接受
    PARTIALLY_ACCEPTED = "partially_accepted"  # 部分接受
    REJECTED = "rejected"  # 不接受
    CANCELLED = "cancelled"  # 已作废


class Step(StrEnum):
    """What can happen to a manifest."""

    SUBMIT = "submit"  # 提交
    SIGN_SHIPPER = "sign_shipper"  # 移出人签署
    SIGN_CARRIER = "sign_carrier"  # 承运人签署
    ARRIVE = "arrive"  # 运抵
    ACCEPT = "accept"  # 接受
    ACCEPT_IN_PART = "accept_in_part"  # 部分接受
    REJECT = "reject"  # 不接受
    CANCEL = "cancel"  # 作废


class Party(StrEnum):
    """The three parties of a transfer (Order 23 art. 4)."""

    SHIPPER = "shipper"  # 移出人
    CARRIER = "carrier"  # 承运人
    RECEIVER = "receiver"  # 接受人


@dataclass(frozen=True, slots=True)
class StepRule:
    """Who takes a step, and by which article."""

    party: Party
    article: str


STEPS: Mapping[Step, StepRule] = MappingProxyType(
    {
        Step.SUBMIT: StepRule(Party.SHIPPER, f"{ORDER} 第十条、第十四条"),
        Step.SIGN_SHIPPER: StepRule(Party.SHIPPER, f"{ORDER} 第十条"),
        Step.SIGN_CARRIER: StepRule(Party.CARRIER, f"{ORDER} 第十一条、第十三条"),
        Step.ARRIVE: StepRule(Party.RECEIVER, f"{ORDER} 第十二条"),
        Step.ACCEPT: StepRule(Party.RECEIVER, f"{ORDER} 第十二条、第十八条"),
        Step.ACCEPT_IN_PART: StepRule(Party.RECEIVER, f"{ORDER} 第十二条、第十八条"),
        Step.REJECT: StepRule(Party.RECEIVER, f"{ORDER} 第十二条、第十八条"),
        Step.CANCEL: StepRule(Party.SHIPPER, f"{ORDER} 第十条"),
    }
)

TRANSITIONS: Mapping[tuple[State, Step], State] = MappingProxyType(
    {
        (State.DRAFT, Step.SUBMIT): State.SUBMITTED,
        (State.SUBMITTED, Step.SIGN_SHIPPER): State.READY,
        (State.READY, Step.SIGN_CARRIER): State.IN_TRANSIT,
        (State.IN_TRANSIT, Step.ARRIVE): State.ARRIVED,
        (State.ARRIVED, Step.ACCEPT): State.ACCEPTED,
        (State.ARRIVED, Step.ACCEPT_IN_PART): State.PARTIALLY_ACCEPTED,
        (State.ARRIVED, Step.REJECT): State.REJECTED,
        # Until the waste is on the road nothing has been moved, and the shipper may withdraw.
        (State.DRAFT, Step.CANCEL): State.CANCELLED,
        (State.SUBMITTED, Step.CANCEL): State.CANCELLED,
        (State.READY, Step.CANCEL): State.CANCELLED,
    }
)

HOLDS_RESERVATION = frozenset({State.SUBMITTED, State.READY, State.IN_TRANSIT, State.ARRIVED})
"""While a manifest is in one of these, its declared mass is reserved; they are also the open ones."""


def after(state: State, step: Step) -> State | None:
    """The state that `step` leads to; None where the step is not open."""
    return TRANSITIONS.get((state, step))


CLOCK_SKEW = timedelta(minutes=5)
"""How far a stated time may differ from ours: the clocks of scales and handhelds are not exact. Ours, no law's."""

_FUTURE = Text(zh="时间晚于当前时间", en="the time is in the future")
_BEFORE = Text(zh="时间早于上一环节（{earlier}）", en="the time is before the step before it ({earlier})")


def check_time(found: Findings, where: str, *, moment: datetime, not_before: datetime, now: datetime) -> None:
    """Order 23 art. 10-12: the parties act one after the other; nobody states a time that has not come."""
    if moment > now + CLOCK_SKEW:
        found.add(where, "time_in_future", _FUTURE)
    elif moment < not_before - CLOCK_SKEW:
        text = _BEFORE.format(earlier=not_before.isoformat(timespec="seconds"))
        found.add(where, "time_before_previous_step", text, article=f"{ORDER} 第十条至第十二条")


_MISMATCH = Text(
    zh="实际装载与联单不符，不得装运", en="the load is not what the manifest says: it must not be loaded"
)


def check_load(found: Findings, *, load_matches: bool) -> None:
    """Order 23 art. 13: what differs from the manifest is not loaded."""
    if not load_matches:
        found.add("/load_matches", "load_mismatch", _MISMATCH, article=f"{ORDER} 第十三条")
