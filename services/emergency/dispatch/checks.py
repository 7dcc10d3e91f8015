"""Asks the rules about documents of dispatch: the codes looked up, findings out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.depots import repository as depots
from services.emergency.dispatch import repository, rules
from services.emergency.dispatch.models import DispatchLine, ReservationLine
from services.emergency.dispatch.schemas import (
    ArrivalCreate,
    AskLine,
    DispatchCreate,
    ReservationCreate,
    ReturnCreate,
    UseCreate,
)
from services.emergency.items.models import Item
from services.emergency.items.rules import check_quantity
from services.emergency.stock import checks as stock
from services.emergency.stock import queries
from services.emergency.stock.checks import Names
from services.emergency.stock.models import Lot
from services.emergency.stock.rules import check_not_expired
from services.kit import clock
from services.kit.findings import Findings, pointer


async def names_of_request(session: AsyncSession, content: ReservationCreate) -> Names:
    return await stock.look_up(
        session,
        item_codes=(line.item_code for line in content.lines),
        depot_codes=(line.depot_code for line in content.lines if line.depot_code is not None),
        lots=[(line.item_code, line.lot_number) for line in content.lines if line.lot_number is not None],
    )


def findings_of_request(content: ReservationCreate, names: Names, *, on: date) -> Findings:
    """Everything wrong with a request on this city day; whether there is enough is asked under the lock."""
    found = Findings()
    for index, line in enumerate(content.lines):
        _check_ask(found, pointer("lines", index), line, names, on)
    return found


def _check_ask(found: Findings, where: str, line: AskLine, names: Names, on: date) -> None:
    stock.check_item(found, where, names, line)
    if line.depot_code is not None:
        stock.check_depot(found, f"{where}/depot_code", names, code=line.depot_code)
    rules.check_lot_with_depot(found, where, lot_number=line.lot_number, depot_code=line.depot_code)
    if line.lot_number is None:
        return
    stock.check_lot(found, where, names, item_code=line.item_code, lot_number=line.lot_number)
    lot = names.lot(line.item_code, line.lot_number)
    if lot is not None:
        at = f"{where}/lot_number"
        check_not_expired(found, at, lot_number=lot.lot_number, expires_on=lot.expires_on, on=on)


async def of_request(session: AsyncSession, _: object, content: ReservationCreate) -> Findings:
    """What the rules say about a request whose shape is wrong in places."""
    return findings_of_request(content, await names_of_request(session, content), on=clock.today())


def findings_of_dispatch(
    content: DispatchCreate,
    *,
    depot_id: uuid.UUID,
    lines: Sequence[ReservationLine],
    lots: Mapping[uuid.UUID, tuple[Lot, Item]],
    on: date,
) -> Findings:
    """Everything wrong with a dispatch. `lines` are those of its reservation, `lots` their lots by id."""
    found, asked = Findings(), content.lines or ()
    here = {line.position: line for line in lines if line.depot_id == depot_id and line.open > 0}
    left = {position: line.open for position, line in here.items()}
    elsewhere = frozenset(line.position for line in lines if line.depot_id != depot_id)
    rules.check_something_left(found, left=left)
    rules.check_lines(
        found, asked=[(line.position, line.quantity) for line in asked], left=left, elsewhere=elsewhere
    )
    places = {line.position: pointer("lines", index) for index, line in enumerate(asked)}
    for index, line in enumerate(asked):
        if line.position in here:
            unit = lots[here[line.position].lot_id][1].unit
            check_quantity(found, pointer("lines", index, "quantity"), quantity=line.quantity, unit=unit)
    for position, held in here.items():
        if content.lines is None or position in places:
            lot, _ = lots[held.lot_id]
            at = places.get(position, "/lines")
            check_not_expired(found, at, lot_number=lot.lot_number, expires_on=lot.expires_on, on=on)
    return found


async def of_dispatch(session: AsyncSession, _: object, content: DispatchCreate) -> Findings:
    """What the rules say about a dispatch whose shape is wrong in places."""
    depot = await depots.by_code(session, content.depot_code)
    if depot is None:
        return Findings()
    lines = await repository.lines_of_reservation(session, content.reservation_id)
    lots = await queries.lots_with_items(session, (line.lot_id for line in lines))
    return findings_of_dispatch(content, depot_id=depot.id, lines=lines, lots=lots, on=clock.today())


def findings_of_arrival(
    content: ArrivalCreate, *, lines: Sequence[DispatchLine], lots: Mapping[uuid.UUID, tuple[Lot, Item]]
) -> Findings:
    """Everything wrong with an arrival. `lines` are those of its dispatch, `lots` their lots by id."""
    found = Findings()
    units = {line.position: lots[line.lot_id][1].unit for line in lines}
    asked = [(line.position, line.received + line.lost) for line in content.lines]
    rules.check_lines(found, asked=asked, left={line.position: line.open for line in lines})
    for index, line in enumerate(content.lines):
        where = pointer("lines", index)
        rules.check_arrived(found, where, received=line.received, lost=line.lost)
        for name in ("received", "lost"):
            if line.position in units:
                quantity, unit = getattr(line, name), units[line.position]
                check_quantity(found, f"{where}/{name}", quantity=quantity, unit=unit)
    return found


async def of_arrival(
    session: AsyncSession, _: object, content: ArrivalCreate, *, dispatch_id: str
) -> Findings:
    """What the rules say about an arrival whose shape is wrong in places."""
    lines = await repository.lines_of_dispatch(session, uuid.UUID(dispatch_id))
    lots = await queries.lots_with_items(session, (line.lot_id for line in lines))
    return findings_of_arrival(content, lines=lines, lots=lots) if lines else Findings()


async def names_of_lots(session: AsyncSession, content: UseCreate | ReturnCreate) -> Names:
    return await stock.look_up(
        session,
        item_codes=(line.item_code for line in content.lines),
        depot_codes=[content.depot_code] if isinstance(content, ReturnCreate) else (),
        lots=[(line.item_code, line.lot_number) for line in content.lines],
    )


def findings_of_use(content: UseCreate, names: Names) -> Findings:
    found = Findings()
    stock.check_lot_lines(found, content.lines, names)
    stock.check_once(found, ((line.item_code, line.lot_number, line.outcome) for line in content.lines))
    return found


def findings_of_return(content: ReturnCreate, names: Names, *, on: date) -> Findings:
    """Everything wrong with a return: expired goods do not become stock again."""
    found = Findings()
    stock.check_depot(found, "/depot_code", names, code=content.depot_code)
    stock.check_lot_lines(found, content.lines, names)
    stock.check_once(found, ((line.item_code, line.lot_number) for line in content.lines))
    for index, line in enumerate(content.lines):
        lot = names.lot(line.item_code, line.lot_number)
        if lot is not None:
            at = pointer("lines", index, "lot_number")
            check_not_expired(found, at, lot_number=lot.lot_number, expires_on=lot.expires_on, on=on)
    return found


async def of_use(session: AsyncSession, _: object, content: UseCreate) -> Findings:
    """What the rules say about a use whose shape is wrong in places."""
    return findings_of_use(content, await names_of_lots(session, content))


async def of_return(session: AsyncSession, _: object, content: ReturnCreate) -> Findings:
    """What the rules say about a return whose shape is wrong in places."""
    return findings_of_return(content, await names_of_lots(session, content), on=clock.today())
