"""Yearly budgets (年度余量): what may still be taken, and what a step takes or gives back. Pure.

A budget is the yearly scale of a licence (危险废物经营许可证管理办法, Order 408, art. 10) or the planned transfer of
a plan line (危险废物转移管理办法 art. 14). A manifest reserves it when it is submitted; what the receiver accepts is
booked and the rest is given back. Order 408 art. 12 has a holder apply anew from 20 % over the scale on: that is a
duty, no licence to take in more, so the scale itself is where we stop.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from services.kit.findings import Findings
from services.kit.texts import Text

ARTICLE_SCALE = "危险废物经营许可证管理办法 第十条、第十二条"
ARTICLE_PLAN = "危险废物转移管理办法 第十四条"


class Kind(StrEnum):
    """What a budget belongs to."""

    LICENCE = "licence"  # 年经营规模
    PLAN = "plan"  # 管理计划的转移量


class Movement(StrEnum):
    """What happens to a budget."""

    RESERVE = "reserve"  # 预占
    RELEASE = "release"  # 释放
    RECEIVE = "receive"  # 核销


@dataclass(frozen=True, slots=True)
class Balance:
    """A budget as it stands, in kg: 0 <= reserved and reserved + received <= scale."""

    scale_kg: Decimal
    reserved_kg: Decimal
    received_kg: Decimal

    @property
    def free_kg(self) -> Decimal:
        return self.scale_kg - self.reserved_kg - self.received_kg

    def after(self, movement: Movement, mass_kg: Decimal) -> Balance:
        """The balance once `mass_kg` has been moved."""
        reserved, received = self.reserved_kg, self.received_kg
        if movement is Movement.RECEIVE:
            received += mass_kg
        else:
            reserved += mass_kg if movement is Movement.RESERVE else -mass_kg
        return Balance(self.scale_kg, reserved, received)


@dataclass(frozen=True, slots=True)
class Draw:
    """What one line of a manifest takes from a budget, and where the document says so (JSON Pointer)."""

    where: str
    mass_kg: Decimal


_OVER = {
    Kind.LICENCE: (
        "licence_scale_exceeded",
        ARTICLE_SCALE,
        Text(
            zh="超出许可证{year}年经营规模：需{wanted}千克，余{free}千克",
            en="over the licence's scale for {year}: {wanted} kg wanted, {free} kg left",
        ),
    ),
    Kind.PLAN: (
        "plan_exceeded",
        ARTICLE_PLAN,
        Text(
            zh="超出管理计划{year}年的转移量：需{wanted}千克，余{free}千克",
            en="over the planned transfer for {year}: {wanted} kg wanted, {free} kg left",
        ),
    ),
}


def check_room(found: Findings, *, kind: Kind, year: int, balance: Balance, draws: Iterable[Draw]) -> None:
    """Names every line from which on the budget does not suffice, with what is left for it."""
    free = balance.free_kg
    code, article, text = _OVER[kind]
    for draw in draws:
        if draw.mass_kg > free:
            said = text.format(year=year, wanted=format(draw.mass_kg, "f"), free=format(free, "f"))
            found.add(draw.where, code, said, article=article)
        else:
            free -= draw.mass_kg
