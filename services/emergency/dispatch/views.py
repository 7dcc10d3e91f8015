"""Reservations, dispatches and handovers as they are read."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import chain
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.depots import repository as depots
from services.emergency.dispatch import repository, rules
from services.emergency.dispatch.errors import DispatchNotFound, HandoverNotFound, ReservationNotFound
from services.emergency.dispatch.models import Dispatch, DispatchLine, Handover, Reservation, ReservationLine
from services.emergency.dispatch.schemas import (
    DispatchLineRead,
    DispatchRead,
    HandoverRead,
    ReceiptRead,
    ReservationLineRead,
    ReservationRead,
)
from services.emergency.items.models import Item
from services.emergency.stock import queries
from services.emergency.stock.models import Lot
from services.kit import clock
from services.kit.canonical import document_digest


async def reservation(session: AsyncSession, reservation_id: uuid.UUID) -> ReservationRead:
    found = await repository.reservation(session, reservation_id)
    if found is None:
        raise ReservationNotFound()
    return (await reservations(session, [found]))[0]


async def reservations(session: AsyncSession, found: Sequence[Reservation]) -> list[ReservationRead]:
    numbers = await repository.incident_numbers(session, (each.incident_id for each in found))
    by_reservation = await repository.lines_of_reservations(session, (each.id for each in found))
    every_line = list(chain.from_iterable(by_reservation.values()))
    lots = await queries.lots_with_items(session, (line.lot_id for line in every_line))
    codes = await depots.by_ids(session, (line.depot_id for line in every_line))

    def view(line: ReservationLine) -> ReservationLineRead:
        return ReservationLineRead(
            **line.model_dump(include={"position", "asked_in", "quantity", "dispatched", "released"}),
            **_goods(*lots[line.lot_id]),
            expires_on=lots[line.lot_id][0].expires_on,
            depot_code=codes[line.depot_id].code,
        )

    return [
        ReservationRead.model_validate(
            {
                **each.model_dump(exclude={"document"}),
                "incident_number": numbers[each.incident_id],
                "lapsed": _lapsed(each),
                "lines": [view(line) for line in by_reservation[each.id]],
            }
        )
        for each in found
    ]


def _lapsed(reservation: Reservation) -> bool:
    active = reservation.state == rules.State.ACTIVE
    return active and rules.lapsed(reservation.expires_at, now=clock.now())


def _goods(lot: Lot, item: Item) -> dict[str, Any]:
    return {
        "item_code": item.code,
        "item_name": item.name,
        "unit": item.unit,
        "lot_number": lot.lot_number,
    }


async def dispatch(session: AsyncSession, dispatch_id: uuid.UUID) -> DispatchRead:
    found = await repository.dispatch(session, dispatch_id)
    if found is None:
        raise DispatchNotFound()
    return (await dispatches(session, [found]))[0]


async def dispatches(session: AsyncSession, found: Sequence[Dispatch]) -> list[DispatchRead]:
    numbers = await repository.incident_numbers(session, (each.incident_id for each in found))
    codes = await depots.by_ids(session, (each.depot_id for each in found))
    by_dispatch = await repository.lines_of_dispatches(session, (each.id for each in found))
    every_line = chain.from_iterable(by_dispatch.values())
    lots = await queries.lots_with_items(session, (line.lot_id for line in every_line))

    def view(line: DispatchLine) -> DispatchLineRead:
        stated = line.model_dump(include={"position", "quantity", "received", "lost"})
        return DispatchLineRead(**stated, **_goods(*lots[line.lot_id]))

    return [
        DispatchRead.model_validate(
            {
                **each.model_dump(exclude={"depot_id", "document_sha256", "receipt_id", "receipt_jws"}),
                "incident_number": numbers[each.incident_id],
                "depot_code": codes[each.depot_id].code,
                "lines": [view(line) for line in by_dispatch[each.id]],
                "receipt": ReceiptRead(
                    receipt_id=each.receipt_id, document_sha256=each.document_sha256, jws=each.receipt_jws
                ),
            }
        )
        for each in found
    ]


async def handover(session: AsyncSession, handover_id: uuid.UUID, *, kind: str) -> HandoverRead:
    found = await repository.handover(session, handover_id, kind=kind)
    if found is None:
        raise HandoverNotFound()
    return handover_view(found)


def handover_view(found: Handover) -> HandoverRead:
    receipt = None
    if found.receipt_id is not None and found.receipt_jws is not None:
        receipt = ReceiptRead(
            receipt_id=found.receipt_id,
            document_sha256=document_digest(found.document),
            jws=found.receipt_jws,
        )
    kept = found.model_dump(exclude={"receipt_id", "receipt_jws"})
    return HandoverRead.model_validate({**kept, "receipt": receipt})
