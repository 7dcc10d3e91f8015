"""SQL of reservations, dispatches and handovers."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.dispatch.models import Dispatch, DispatchLine, Handover, Reservation, ReservationLine
from services.emergency.incidents.models import Incident
from services.kit.pages import PageQuery, page

_FRESH = {"populate_existing": True}


async def reservation(
    session: AsyncSession, reservation_id: uuid.UUID, *, lock: bool = False
) -> Reservation | None:
    statement = select(Reservation).where(Reservation.id == reservation_id)
    statement = statement.with_for_update() if lock else statement
    return (await session.exec(statement, execution_options=_FRESH)).first()


async def lines_of_reservations(
    session: AsyncSession, ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, list[ReservationLine]]:
    """The lines of each of these, in their order."""
    statement = select(ReservationLine).where(col(ReservationLine.reservation_id).in_(set(ids)))
    found: dict[uuid.UUID, list[ReservationLine]] = defaultdict(list)
    ordered = statement.order_by(col(ReservationLine.position))
    for line in await session.exec(ordered, execution_options=_FRESH):
        found[line.reservation_id].append(line)
    return found


async def lines_of_reservation(session: AsyncSession, reservation_id: uuid.UUID) -> list[ReservationLine]:
    return (await lines_of_reservations(session, [reservation_id]))[reservation_id]


async def reservations_page(
    session: AsyncSession, *, query: PageQuery, incident_id: uuid.UUID | None, state: str | None
) -> tuple[list[Reservation], str | None]:
    """Newest first."""
    statement = select(Reservation)
    if incident_id is not None:
        statement = statement.where(Reservation.incident_id == incident_id)
    if state is not None:
        statement = statement.where(Reservation.state == state)
    return await page(session, statement, by=[(col(Reservation.id), uuid.UUID)], query=query, descending=True)


async def dispatch(session: AsyncSession, dispatch_id: uuid.UUID, *, lock: bool = False) -> Dispatch | None:
    statement = select(Dispatch).where(Dispatch.id == dispatch_id)
    statement = statement.with_for_update() if lock else statement
    return (await session.exec(statement, execution_options=_FRESH)).first()


async def lines_of_dispatches(
    session: AsyncSession, ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, list[DispatchLine]]:
    """The lines of each of these, in their order."""
    statement = select(DispatchLine).where(col(DispatchLine.dispatch_id).in_(set(ids)))
    found: dict[uuid.UUID, list[DispatchLine]] = defaultdict(list)
    ordered = statement.order_by(col(DispatchLine.position))
    for line in await session.exec(ordered, execution_options=_FRESH):
        found[line.dispatch_id].append(line)
    return found


async def lines_of_dispatch(session: AsyncSession, dispatch_id: uuid.UUID) -> list[DispatchLine]:
    return (await lines_of_dispatches(session, [dispatch_id]))[dispatch_id]


async def dispatches_page(
    session: AsyncSession, *, query: PageQuery, incident_id: uuid.UUID | None, state: str | None
) -> tuple[list[Dispatch], str | None]:
    """Newest first."""
    statement = select(Dispatch)
    if incident_id is not None:
        statement = statement.where(Dispatch.incident_id == incident_id)
    if state is not None:
        statement = statement.where(Dispatch.state == state)
    return await page(session, statement, by=[(col(Dispatch.id), uuid.UUID)], query=query, descending=True)


async def handover(session: AsyncSession, handover_id: uuid.UUID, *, kind: str) -> Handover | None:
    statement = select(Handover).where(Handover.id == handover_id, Handover.kind == kind)
    return (await session.exec(statement)).first()


async def incident_numbers(session: AsyncSession, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    statement = select(Incident.id, Incident.number).where(col(Incident.id).in_(set(ids)))
    return dict((await session.exec(statement)).all())


async def holders(
    session: AsyncSession, lot_ids: Iterable[uuid.UUID]
) -> list[tuple[ReservationLine, Reservation, str]]:
    """Who holds units of these lots: the open lines, their reservations, the incidents' numbers; oldest first."""
    statement = (
        select(ReservationLine, Reservation, Incident.number)
        .join(Reservation, col(Reservation.id) == col(ReservationLine.reservation_id))
        .join(Incident, col(Incident.id) == col(Reservation.incident_id))
        .where(
            col(ReservationLine.lot_id).in_(set(lot_ids)),
            col(ReservationLine.quantity) > col(ReservationLine.dispatched) + col(ReservationLine.released),
        )
        .order_by(col(Reservation.id), col(ReservationLine.position))
    )
    return list(await session.exec(statement))
