"""Use cases of the duty officer: promise goods to an incident, and release them.

The units are counted under row locks on their balances, in one order for everybody: of two requests for the last five
units one gets them, and the other is told what is left.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.dispatch import checks, repository, rules
from services.emergency.dispatch.errors import ReservationInvalid, ReservationNotActive, ReservationNotFound
from services.emergency.dispatch.events import (
    RESERVATION_CANCELLED,
    RESERVED,
    LineFact,
    ReservationFact,
    tell,
)
from services.emergency.dispatch.models import Reservation, ReservationLine
from services.emergency.dispatch.schemas import CancellationCreate, ReservationCreate
from services.emergency.incidents import service as incidents
from services.emergency.stock import repository as stock
from services.emergency.stock.checks import Names
from services.emergency.stock.errors import InsufficientStock
from services.emergency.stock.repository import Change
from services.emergency.stock.rules import Ask, Pick, Plan, Shelf, Skipped, allocate
from services.kit import clock
from services.kit.auth import Principal
from services.kit.event_catalogue import EventType
from services.kit.ids import new_id
from services.kit.schemas import plain


async def reserve(session: AsyncSession, principal: Principal, content: ReservationCreate) -> Reservation:
    """Promises all that is asked for, by first expired first out; 409 `insufficient_stock` where it cannot."""
    await incidents.get_open(session, content.incident_id)
    names = await checks.names_of_request(session, content)
    checks.findings_of_request(content, names, on=clock.today()).raise_if_any(ReservationInvalid)
    asks = [
        Ask(names.items[line.item_code].id, line.quantity, line.depot_code, line.lot_number)
        for line in content.lines
    ]
    shelves = await stock.lock_shelves(session, (ask.item_id for ask in asks))
    plan = allocate(asks, shelves, on=clock.today())
    if plan.shortfalls:
        raise await _insufficient(session, content, plan, asks, shelves, names)
    reservation = _row(principal, content, plan)
    session.add(reservation)
    await session.flush()
    lines = _lines(reservation, plan.picks)
    session.add_all(lines)
    await session.flush()
    await stock.change(session, _promised(lines))
    _tell(session, principal, reservation, lines, kind=RESERVED)
    return reservation


def _row(principal: Principal, content: ReservationCreate, plan: Plan) -> Reservation:
    return Reservation(
        id=new_id(),
        incident_id=content.incident_id,
        state=rules.State.ACTIVE,
        expires_at=clock.now() + timedelta(hours=content.hold_hours),
        document=content.model_dump(mode="json"),
        skipped=[_skipped(each, content) for each in plan.skipped],
        reserved_by=principal.subject,
        reserved_at=clock.now(),
    )


def _skipped(skipped: Skipped, content: ReservationCreate) -> dict[str, Any]:
    return {
        "asked_in": skipped.line,
        "item_code": content.lines[skipped.line].item_code,
        "lot_number": skipped.shelf.lot_number,
        "depot_code": skipped.shelf.depot_code,
        "reason": skipped.reason,
    }


def _lines(reservation: Reservation, picks: Sequence[Pick]) -> list[ReservationLine]:
    return [
        ReservationLine(
            id=new_id(),
            reservation_id=reservation.id,
            position=position,
            asked_in=pick.line,
            lot_id=pick.shelf.lot_id,
            depot_id=pick.shelf.location_id,
            quantity=pick.quantity,
            dispatched=Decimal(0),
            released=Decimal(0),
        )
        for position, pick in enumerate(picks, start=1)
    ]


def _promised(lines: Iterable[ReservationLine]) -> dict[stock.Key, Change]:
    changes: dict[stock.Key, Change] = {}
    for line in lines:
        changes.setdefault((line.lot_id, line.depot_id), Change()).reserved += line.open
    return changes


async def _insufficient(
    session: AsyncSession,
    content: ReservationCreate,
    plan: Plan,
    asks: Sequence[Ask],
    shelves: Sequence[Shelf],
    names: Names,
) -> InsufficientStock:
    """The refusal with what is left for each short line, and who holds the rest."""
    shortfalls = [
        {
            "pointer": f"/lines/{short.line}",
            "item_code": content.lines[short.line].item_code,
            "unit": names.items[content.lines[short.line].item_code].unit,
            **{name: plain(getattr(short, name)) for name in ("asked", "left", "expired", "held")},
        }
        for short in plan.shortfalls
    ]
    wanted = [shelf for short in plan.shortfalls for shelf in shelves if asks[short.line].fits(shelf)]
    held_by = [
        {
            "reservation_id": str(held.id),
            "incident_number": number,
            "quantity": plain(line.open),
            "expires_at": held.expires_at.isoformat(),
            "lapsed": rules.lapsed(held.expires_at, now=clock.now()),
        }
        for line, held, number in await repository.holders(session, (shelf.lot_id for shelf in wanted))
        if any((line.lot_id, line.depot_id) == (shelf.lot_id, shelf.location_id) for shelf in wanted)
    ]
    return InsufficientStock(shortfalls, held_by=held_by)


async def cancel(
    session: AsyncSession, principal: Principal, content: CancellationCreate, *, reservation_id: uuid.UUID
) -> Reservation:
    """Releases what is not yet dispatched, whether the reservation is past its time or not."""
    reservation = await repository.reservation(session, reservation_id, lock=True)
    if reservation is None:
        raise ReservationNotFound()
    state = rules.after(rules.State(reservation.state), rules.Step.CANCEL)
    if state is None:
        raise ReservationNotActive(state=reservation.state)
    lines = await repository.lines_of_reservation(session, reservation_id)
    promised = _promised(line for line in lines if line.open > 0)
    await stock.lock(session, promised)
    await stock.change(session, {key: Change(reserved=-change.reserved) for key, change in promised.items()})
    for line in lines:
        line.released += line.open
    reservation.state, reservation.cancelled_at, reservation.reason = state, clock.now(), content.reason
    await session.flush()
    _tell(session, principal, reservation, lines, kind=RESERVATION_CANCELLED)
    return reservation


def _tell(
    session: AsyncSession,
    principal: Principal,
    reservation: Reservation,
    lines: Sequence[ReservationLine],
    *,
    kind: EventType,
) -> None:
    quantity = "quantity" if kind == RESERVED else "released"
    fact = ReservationFact(
        reservation_id=reservation.id,
        **reservation.model_dump(include={"incident_id", "state", "expires_at"}),
        lines=[LineFact(lot_id=line.lot_id, quantity=getattr(line, quantity)) for line in lines],
    )
    subject = f"/v1/emergency/reservations/{reservation.id}"
    tell(session, principal, fact, kind=kind, subject=subject, entity="reservation")
