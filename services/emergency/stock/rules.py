"""Which lots may move, and in which order they are taken. Pure: no clock, no database.

Sources: 突发事件应对法 (2024) art. 45-46 (what is kept in reserve, and how); 环境应急资源调查指南（试行）
(环办应急〔2019〕17号): 储备量 and 报废日期 of each resource (form fields from memory). FEFO is ours.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from services.kit.findings import Findings
from services.kit.texts import Text

ARTICLE_RESERVE = "突发事件应对法 第四十五条"
SOURCE_SURVEY = "环境应急资源调查指南（试行） 环办应急〔2019〕17号"

_EXPIRED = Text(zh="批号{lot}已于{day}到期", en="lot {lot} expired on {day}")
_NO_EXPIRY = Text(zh="该物资的批次应有报废日期", en="lots of this item have an expiry date")
_REVERSED = Text(zh="报废日期早于生产日期", en="it expires before it was made")
_FUTURE = Text(zh="生产日期在将来", en="it was made in the future")
_DIFFERS = Text(zh="批号{lot}已登记，{field}为{known}", en="lot {lot} is known already, with {field} {known}")


def expired(expires_on: date | None, *, on: date) -> bool:
    """Whether a lot may no longer be used on this city day: it is good through the end of its expiry date.

    The one predicate of expiry: intake, reservation, dispatch and return all ask it.
    """
    return expires_on is not None and on > expires_on


def check_not_expired(
    found: Findings, where: str, *, lot_number: str, expires_on: date | None, on: date
) -> None:
    """突发事件应对法 art. 45: what is kept in reserve is fit for use; `lot_expired` on every path."""
    if expired(expires_on, on=on):
        text = _EXPIRED.format(lot=lot_number, day=expires_on)
        found.add(where, "lot_expired", text, article=ARTICLE_RESERVE)


def check_dates(
    found: Findings,
    where: str,
    *,
    perishable: bool,
    manufactured_on: date | None,
    expires_on: date | None,
    on: date,
) -> None:
    """调查指南: perishable goods state 报废日期, and the dates of a lot are possible."""
    rests_on = (f"{where}/item_code",)
    if perishable and expires_on is None:
        found.add(
            f"{where}/expires_on", "expiry_missing", _NO_EXPIRY, article=SOURCE_SURVEY, rests_on=rests_on
        )
    if manufactured_on is not None and manufactured_on > on:
        found.add(f"{where}/manufactured_on", "made_in_future", _FUTURE)
    if manufactured_on is not None and expires_on is not None and expires_on < manufactured_on:
        found.add(f"{where}/expires_on", "dates_reversed", _REVERSED, rests_on=(f"{where}/manufactured_on",))


def check_same_lot(
    found: Findings,
    where: str,
    *,
    lot_number: str,
    known: Mapping[str, date | None],
    stated: Mapping[str, date | None],
) -> None:
    """A lot number means one lot: more of it may come in, with the same dates (ours)."""
    for name, day in known.items():
        if stated[name] != day:
            text = _DIFFERS.format(lot=lot_number, field=name, known=day or "null")
            found.add(f"{where}/{name}", "lot_differs", text)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What one depot holds of one lot."""

    lot_id: uuid.UUID
    location_id: uuid.UUID
    item_id: uuid.UUID
    lot_number: str
    depot_code: str
    expires_on: date | None
    on_hand: Decimal
    reserved: Decimal

    @property
    def free(self) -> Decimal:
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True)
class Ask:
    """One line of a request; a lot is named together with its depot."""

    item_id: uuid.UUID
    quantity: Decimal
    depot_code: str | None = None
    lot_number: str | None = None

    def fits(self, shelf: Shelf) -> bool:
        return (
            shelf.item_id == self.item_id
            and self.depot_code in (None, shelf.depot_code)
            and self.lot_number in (None, shelf.lot_number)
        )


@dataclass(frozen=True, slots=True)
class Pick:
    """So much from this shelf for line `line` of the request."""

    line: int
    shelf: Shelf
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A line that cannot be met: what is left free for it, and what is there but expired or promised."""

    line: int
    asked: Decimal
    left: Decimal
    expired: Decimal
    held: Decimal


@dataclass(frozen=True, slots=True)
class Skipped:
    """A shelf that fits a line and was not used: `expired`, or `held` in full for others."""

    line: int
    shelf: Shelf
    reason: str


@dataclass(slots=True)
class Plan:
    """Who gets what, what is missing, and why a lot was not used."""

    picks: list[Pick] = field(default_factory=list)
    shortfalls: list[Shortfall] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)


def first_expired_first(shelf: Shelf) -> tuple[date, str, str]:
    """The order in which shelves are emptied (FEFO, ours): what never expires comes last."""
    return shelf.expires_on or date.max, shelf.lot_number, shelf.depot_code


def allocate(asks: Sequence[Ask], shelves: Sequence[Shelf], *, on: date) -> Plan:
    """Serves every line by first expired, first out, or says what is short. The same input gives the same plan.

    Lines that name most are served first: a line that takes any lot must not take the one that another names.
    """
    plan = Plan()
    left = {(shelf.lot_id, shelf.location_id): shelf.free for shelf in shelves}
    ordered = sorted(shelves, key=first_expired_first)
    by_freedom = sorted(
        range(len(asks)),
        key=lambda line: (asks[line].lot_number is None, asks[line].depot_code is None, line),
    )
    for line in by_freedom:
        _serve(plan, line, asks[line], [shelf for shelf in ordered if asks[line].fits(shelf)], left, on)
    plan.picks.sort(key=lambda pick: (pick.line, first_expired_first(pick.shelf)))
    plan.shortfalls.sort(key=lambda short: short.line)
    return plan


def _serve(
    plan: Plan,
    line: int,
    ask: Ask,
    shelves: Sequence[Shelf],
    left: dict[tuple[uuid.UUID, uuid.UUID], Decimal],
    on: date,
) -> None:
    usable = [shelf for shelf in shelves if not expired(shelf.expires_on, on=on)]
    wanted = ask.quantity
    free = sum((left[shelf.lot_id, shelf.location_id] for shelf in usable), Decimal(0))
    for shelf in usable:
        key = shelf.lot_id, shelf.location_id
        taken = min(wanted, left[key])
        if taken > 0:
            plan.picks.append(Pick(line, shelf, taken))
            left[key] -= taken
            wanted -= taken
        elif shelf.on_hand > 0 and shelf.free <= 0:
            plan.skipped.append(Skipped(line, shelf, "held"))
    gone = [shelf for shelf in shelves if shelf not in usable and shelf.on_hand > 0]
    plan.skipped += [Skipped(line, shelf, "expired") for shelf in gone]
    if wanted > 0:
        there = sum((shelf.on_hand for shelf in usable), Decimal(0))
        stale = sum((shelf.on_hand for shelf in gone), Decimal(0))
        plan.shortfalls.append(Shortfall(line, ask.quantity, free, stale, there - free))
