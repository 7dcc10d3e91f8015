"""How a promise of goods ends, and how much of a line may still move. Pure: no clock, no database.

Sources: 突发事件应对法 (2024) art. 45-46 (reserves); 突发环境事件应急管理办法 (Order 34, 2015). The survey guide
asks that reserves can be found, moved and used (找得到、调得动、用得好); states, holding times and parts are ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from services.kit.findings import Findings, pointer
from services.kit.texts import Text


class State(StrEnum):
    """States of a reservation (预留)."""

    ACTIVE = "active"  # 有效
    FULFILLED = "fulfilled"  # 已全部出库
    CANCELLED = "cancelled"  # 已取消


class Step(StrEnum):
    """What can happen to a reservation."""

    DISPATCH_PART = "dispatch_part"  # 部分出库
    DISPATCH_REST = "dispatch_rest"  # 全部出库
    CANCEL = "cancel"  # 取消


TRANSITIONS: Mapping[tuple[State, Step], State] = {
    (State.ACTIVE, Step.DISPATCH_PART): State.ACTIVE,
    (State.ACTIVE, Step.DISPATCH_REST): State.FULFILLED,
    (State.ACTIVE, Step.CANCEL): State.CANCELLED,
}


def after(state: State, step: Step) -> State | None:
    """The state that `step` leads to; None where the step is not open."""
    return TRANSITIONS.get((state, step))


def lapsed(expires_at: datetime, *, now: datetime) -> bool:
    """Whether a reservation is past its time (ours): it is released, never dispatched."""
    return now >= expires_at


_UNKNOWN_LINE = Text(zh="没有第{position}行", en="there is no line {position}")
_TWICE = Text(zh="第{position}行重复", en="line {position} appears twice")
_TOO_MUCH = Text(zh="最多还可{limit}", en="at most {limit} is left on this line")
_DEPOT_OF_LOT = Text(zh="指定批号时应指定储备库", en="a lot is named together with its depot")
_NOTHING = Text(zh="应填写到达或损失数量", en="state what arrived or what was lost")
_NOTHING_HERE = Text(
    zh="该储备库没有此预留的未出库物资", en="nothing of this reservation is left in this depot"
)
_OTHER_DEPOT = Text(zh="第{position}行不在该储备库", en="line {position} is in another depot")


_POSITIONS = ("/lines/*/position",)


def _of_line(where: str) -> tuple[str, ...]:
    return tuple(f"{where}/{name}" for name in ("position", "quantity", "received", "lost"))


def check_lines(
    found: Findings,
    *,
    asked: Sequence[tuple[int, Decimal]],
    left: Mapping[int, Decimal],
    elsewhere: frozenset[int] = frozenset(),
) -> None:
    """Each asked line (position, quantity) exists, once, and asks for no more than is left on it (ours)."""
    seen: set[int] = set()
    for index, (position, quantity) in enumerate(asked):
        where = pointer("lines", index)
        if position in elsewhere:
            found.add(f"{where}/position", "line_elsewhere", _OTHER_DEPOT.format(position=position))
        elif position not in left:
            found.add(f"{where}/position", "line_unknown", _UNKNOWN_LINE.format(position=position))
        elif position in seen:
            found.add(
                f"{where}/position", "line_repeated", _TWICE.format(position=position), rests_on=_POSITIONS
            )
        elif quantity > left[position]:
            limit = format(left[position], "f")
            found.add(where, "more_than_left", _TOO_MUCH.format(limit=limit), rests_on=_of_line(where))
        seen.add(position)


def check_something_left(found: Findings, *, left: Mapping[int, Decimal]) -> None:
    """A dispatch takes something out of its depot (ours)."""
    if not left:
        found.add("/depot_code", "nothing_here", _NOTHING_HERE)


def check_lot_with_depot(
    found: Findings, where: str, *, lot_number: str | None, depot_code: str | None
) -> None:
    """A lot may lie in several depots: who names it names the depot, too (ours)."""
    if lot_number is not None and depot_code is None:
        found.add(f"{where}/depot_code", "depot_missing", _DEPOT_OF_LOT)


def check_arrived(found: Findings, where: str, *, received: Decimal, lost: Decimal) -> None:
    """A line of an arrival says how much came or how much did not (ours)."""
    if received + lost <= 0:
        found.add(where, "nothing_stated", _NOTHING, rests_on=_of_line(where))
