"""Use case of the duty officer: goods of a reservation leave a depot. The answer carries a signed receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.depots import service as depots
from services.emergency.depots.models import Depot
from services.emergency.dispatch import checks, repository, rules
from services.emergency.dispatch.errors import (
    DispatchInvalid,
    ReservationLapsed,
    ReservationNotActive,
    ReservationNotFound,
)
from services.emergency.dispatch.events import DISPATCHED, HandoverFact, LineFact, tell
from services.emergency.dispatch.models import Dispatch, DispatchLine, Reservation, ReservationLine
from services.emergency.dispatch.schemas import DispatchCreate
from services.emergency.items.models import Item
from services.emergency.stock import queries
from services.emergency.stock.ledger import TRANSIT, Account, Entry, post
from services.emergency.stock.models import Lot
from services.kit import clock
from services.kit.auth import Principal
from services.kit.ids import new_id
from services.kit.receipt_keys import ReceiptOffice
from services.kit.schemas import plain

RECEIPT_KIND = "emergency.dispatch"
Leaving = list[tuple[ReservationLine, Decimal]]


async def dispatch(
    session: AsyncSession, principal: Principal, content: DispatchCreate, *, office: ReceiptOffice
) -> Dispatch:
    """Moves goods from the depot onto the way. Nothing leaves that lapsed, expired or was not reserved."""
    reservation = await _active(session, content)
    depot = await depots.get(session, code=content.depot_code)
    lines = await repository.lines_of_reservation(session, reservation.id)
    lots = await queries.lots_with_items(session, (line.lot_id for line in lines))
    leaving = _leaving(content, depot, lines, lots)
    row = _row(principal, content, reservation, depot, _goods(leaving, lots), office=office)
    session.add(row)
    await session.flush()
    session.add_all(_dispatch_lines(row, leaving))
    for line, quantity in leaving:
        line.dispatched += quantity
    step = rules.Step.DISPATCH_PART if any(line.open > 0 for line in lines) else rules.Step.DISPATCH_REST
    reservation.state = rules.TRANSITIONS[rules.State(reservation.state), step]
    await session.flush()
    source = Account(depot.id, "depot")
    entries = [
        Entry("dispatch", line.lot_id, source, TRANSIT, quantity, reserved=quantity)
        for line, quantity in leaving
    ]
    subject = f"/v1/emergency/dispatches/{row.id}"
    await post(session, principal, entries, document_id=row.id, subject=subject)
    fact = HandoverFact(
        document_id=row.id,
        dispatch_id=row.id,
        **row.model_dump(include={"incident_id", "depot_id"}),
        lines=[LineFact(lot_id=line.lot_id, quantity=quantity) for line, quantity in leaving],
    )
    tell(session, principal, fact, kind=DISPATCHED, subject=subject, entity="dispatch")
    return row


async def _active(session: AsyncSession, content: DispatchCreate) -> Reservation:
    reservation = await repository.reservation(session, content.reservation_id, lock=True)
    if reservation is None:
        raise ReservationNotFound()
    if reservation.state != rules.State.ACTIVE:
        raise ReservationNotActive(state=reservation.state)
    if rules.lapsed(reservation.expires_at, now=clock.now()):
        raise ReservationLapsed(expires_at=reservation.expires_at.isoformat())
    return reservation


def _leaving(
    content: DispatchCreate,
    depot: Depot,
    lines: Sequence[ReservationLine],
    lots: Mapping[Any, tuple[Lot, Item]],
) -> Leaving:
    """The lines that leave with their quantities; 422 with everything that is wrong."""
    here = [line for line in lines if line.depot_id == depot.id and line.open > 0]
    checks.findings_of_dispatch(
        content, depot_id=depot.id, lines=lines, lots=lots, on=clock.today()
    ).raise_if_any(DispatchInvalid)
    asked = {line.position: line.quantity for line in content.lines or ()}
    return [
        (line, asked.get(line.position, line.open))
        for line in here
        if content.lines is None or line.position in asked
    ]


def _goods(leaving: Leaving, lots: Mapping[Any, tuple[Lot, Item]]) -> list[dict[str, Any]]:
    """What leaves, as the receipt says it."""
    lines = [(quantity, *lots[line.lot_id]) for line, quantity in leaving]
    return [
        {
            "position": number,
            "item_code": item.code,
            "lot_number": lot.lot_number,
            "quantity": plain(quantity),
            "unit": item.unit,
        }
        for number, (quantity, lot, item) in enumerate(lines, start=1)
    ]


def _row(
    principal: Principal,
    content: DispatchCreate,
    reservation: Reservation,
    depot: Depot,
    goods: list[dict[str, Any]],
    *,
    office: ReceiptOffice,
) -> Dispatch:
    dispatch_id = new_id()
    document = {
        "dispatch_id": str(dispatch_id),
        "reservation_id": str(reservation.id),
        "incident_id": str(reservation.incident_id),
        "depot_code": depot.code,
        "vehicle": content.vehicle,
        "lines": goods,
    }
    issued = office.issue(
        kind=RECEIPT_KIND,
        subject=f"/v1/emergency/dispatches/{dispatch_id}",
        document=document,
        submitted_by=principal.subject,
        on_behalf_of=depot.keeper_uscc,
    )
    return Dispatch(
        id=dispatch_id,
        reservation_id=reservation.id,
        incident_id=reservation.incident_id,
        depot_id=depot.id,
        state="in_transit",
        vehicle=content.vehicle,
        document=document,
        document_sha256=issued.receipt.document_sha256,
        dispatched_by=principal.subject,
        dispatched_at=clock.now(),
        receipt_id=issued.receipt.receipt_id,
        receipt_jws=issued.jws,
    )


def _dispatch_lines(row: Dispatch, leaving: Leaving) -> list[DispatchLine]:
    return [
        DispatchLine(
            id=new_id(),
            dispatch_id=row.id,
            reservation_line_id=line.id,
            position=number,
            lot_id=line.lot_id,
            quantity=quantity,
            received=Decimal(0),
            lost=Decimal(0),
        )
        for number, (line, quantity) in enumerate(leaving, start=1)
    ]
