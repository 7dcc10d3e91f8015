"""What documents about goods name: items, depots and lots looked up at once, and what is wrong with the names."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.depots import repository as depots
from services.emergency.depots.models import Depot
from services.emergency.items import repository as items
from services.emergency.items.models import Item
from services.emergency.items.rules import check_quantity
from services.emergency.stock import repository, rules
from services.emergency.stock.models import Lot
from services.emergency.stock.schemas import IntakeCreate, IntakeLine, LotLine
from services.kit import clock
from services.kit.findings import Findings, pointer
from services.kit.texts import Text

_NO_DEPOT = Text(zh="没有储备库{code}", en="there is no depot {code}")
_NO_ITEM = Text(zh="没有物资{code}", en="there is no item {code}")
_NO_LOT = Text(zh="物资{item}没有批号{lot}", en="item {item} has no lot {lot}")
_TWICE = Text(zh="同一批号重复", en="the same lot appears twice")


@dataclass(frozen=True, slots=True)
class Names:
    """What the codes of a document stand for."""

    items: dict[str, Item]
    depots: dict[str, Depot]
    lots: dict[tuple[uuid.UUID, str], Lot]

    def lot(self, item_code: str, lot_number: str) -> Lot | None:
        item = self.items.get(item_code)
        return self.lots.get((item.id, lot_number)) if item else None


async def look_up(
    session: AsyncSession,
    *,
    item_codes: Iterable[str],
    depot_codes: Iterable[str] = (),
    lots: Collection[tuple[str, str]] = (),
) -> Names:
    """Everything that these codes, and these (item code, lot number), stand for."""
    found = await items.by_codes(session, item_codes)
    named = [(found[code].id, lot_number) for code, lot_number in lots if code in found]
    return Names(
        items=found,
        depots=await depots.by_codes(session, depot_codes),
        lots=await repository.lots_of(session, named) if named else {},
    )


def check_depot(found: Findings, where: str, names: Names, *, code: str) -> None:
    if code not in names.depots:
        found.add(where, "depot_unknown", _NO_DEPOT.format(code=code))


class Counted(Protocol):
    """A line that names an item and how much of it."""

    @property
    def item_code(self) -> str: ...
    @property
    def quantity(self) -> Decimal: ...


def check_item(found: Findings, where: str, names: Names, line: Counted) -> None:
    """The item is known, and the quantity is counted as its unit is."""
    item = names.items.get(line.item_code)
    if item is None:
        found.add(f"{where}/item_code", "item_unknown", _NO_ITEM.format(code=line.item_code))
        return
    check_quantity(found, f"{where}/quantity", quantity=line.quantity, unit=item.unit)


def check_lot(found: Findings, where: str, names: Names, *, item_code: str, lot_number: str) -> None:
    if item_code in names.items and names.lot(item_code, lot_number) is None:
        text = _NO_LOT.format(item=item_code, lot=lot_number)
        found.add(f"{where}/lot_number", "lot_unknown", text, rests_on=(f"{where}/item_code",))


def check_once(found: Findings, keys: Iterable[Hashable]) -> None:
    """No two lines say the same thing twice; `keys` are what each line is about."""
    seen: set[Hashable] = set()
    for index, key in enumerate(keys):
        if key in seen:
            found.add(pointer("lines", index), "lot_repeated", _TWICE, rests_on=_NAMING)
        seen.add(key)


_NAMING = ("/lines/*/item_code", "/lines/*/lot_number")


def check_lot_lines(found: Findings, lines: Sequence[LotLine], names: Names) -> None:
    """Every line names a lot that is known, in a quantity that its unit allows."""
    for index, line in enumerate(lines):
        where = pointer("lines", index)
        check_item(found, where, names, line)
        check_lot(found, where, names, item_code=line.item_code, lot_number=line.lot_number)


async def names_of_intake(session: AsyncSession, content: IntakeCreate) -> Names:
    return await look_up(
        session,
        item_codes=(line.item_code for line in content.lines),
        depot_codes=[content.depot_code],
        lots=[(line.item_code, line.lot_number) for line in content.lines],
    )


def findings_of_intake(content: IntakeCreate, names: Names, *, on: date) -> Findings:
    """Everything wrong with an intake on this city day."""
    found = Findings()
    check_depot(found, "/depot_code", names, code=content.depot_code)
    for index, line in enumerate(content.lines):
        _check_intake_line(found, pointer("lines", index), line, names, on)
    check_once(found, ((line.item_code, line.lot_number) for line in content.lines))
    return found


def _check_intake_line(found: Findings, where: str, line: IntakeLine, names: Names, on: date) -> None:
    check_item(found, where, names, line)
    item, lot = names.items.get(line.item_code), names.lot(line.item_code, line.lot_number)
    stated = {"manufactured_on": line.manufactured_on, "expires_on": line.expires_on}
    rules.check_dates(found, where, perishable=item is not None and item.perishable, on=on, **stated)
    rules.check_not_expired(
        found, f"{where}/expires_on", lot_number=line.lot_number, expires_on=line.expires_on, on=on
    )
    if lot is not None:
        known = {"manufactured_on": lot.manufactured_on, "expires_on": lot.expires_on}
        rules.check_same_lot(found, where, lot_number=line.lot_number, known=known, stated=stated)


async def of_intake(session: AsyncSession, _: object, content: IntakeCreate) -> Findings:
    """What the rules say about an intake whose shape is wrong in places."""
    return findings_of_intake(content, await names_of_intake(session, content), on=clock.today())
