"""Use case of the duty officer: goods of a dispatch arrive at the incident, all or in part."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.dispatch import checks, repository
from services.emergency.dispatch.errors import ArrivalInvalid, DispatchArrived, DispatchNotFound
from services.emergency.dispatch.events import ARRIVED, HandoverFact, LineFact, tell
from services.emergency.dispatch.models import Dispatch, DispatchLine, Handover
from services.emergency.dispatch.schemas import ArrivalCreate
from services.emergency.stock import queries
from services.emergency.stock.ledger import LOST, TRANSIT, Account, Entry, post
from services.kit import clock
from services.kit.auth import Principal
from services.kit.ids import new_id


async def arrive(
    session: AsyncSession, principal: Principal, content: ArrivalCreate, *, dispatch_id: uuid.UUID
) -> Handover:
    """Books what came to the incident and what is lost off the way; what is not named is still on the way.

    Goods that expired on the way are booked as well: they are there. They cannot come back into stock.
    """
    dispatch = await repository.dispatch(session, dispatch_id, lock=True)
    if dispatch is None:
        raise DispatchNotFound()
    lines = await repository.lines_of_dispatch(session, dispatch_id)
    if dispatch.state == "arrived":
        raise DispatchArrived()
    lots = await queries.lots_with_items(session, (line.lot_id for line in lines))
    checks.findings_of_arrival(content, lines=lines, lots=lots).raise_if_any(ArrivalInvalid)
    arrival = _row(principal, dispatch, content)
    session.add(arrival)
    entries = _entries(dispatch, lines, content)
    if all(line.open == 0 for line in lines):
        dispatch.state = "arrived"
    await session.flush()
    subject = f"/v1/emergency/dispatches/{dispatch.id}"
    await post(session, principal, entries, document_id=arrival.id, subject=subject)
    _tell(session, principal, arrival, lines, content, subject=subject)
    return arrival


def _row(principal: Principal, dispatch: Dispatch, content: ArrivalCreate) -> Handover:
    return Handover(
        id=new_id(),
        kind="arrival",
        incident_id=dispatch.incident_id,
        dispatch_id=dispatch.id,
        document=content.model_dump(mode="json"),
        recorded_by=principal.subject,
        recorded_at=clock.now(),
    )


def _entries(dispatch: Dispatch, lines: Sequence[DispatchLine], content: ArrivalCreate) -> list[Entry]:
    """Counts what is stated on the lines, and the movements that go with it."""
    place, by_position = Account(dispatch.incident_id, "incident"), {line.position: line for line in lines}
    entries = []
    for stated in content.lines:
        line = by_position[stated.position]
        line.received += stated.received
        line.lost += stated.lost
        if stated.received > 0:
            entries.append(Entry("arrival", line.lot_id, TRANSIT, place, stated.received))
        if stated.lost > 0:
            entries.append(Entry("loss", line.lot_id, TRANSIT, LOST, stated.lost))
    return entries


def _tell(
    session: AsyncSession,
    principal: Principal,
    arrival: Handover,
    lines: Sequence[DispatchLine],
    content: ArrivalCreate,
    *,
    subject: str,
) -> None:
    lot_of = {line.position: line.lot_id for line in lines}
    fact = HandoverFact(
        document_id=arrival.id,
        **arrival.model_dump(include={"incident_id", "dispatch_id"}),
        lines=[
            LineFact(lot_id=lot_of[each.position], quantity=each.received, lost=each.lost or None)
            for each in content.lines
        ],
    )
    tell(session, principal, fact, kind=ARRIVED, subject=subject, entity="arrival")
