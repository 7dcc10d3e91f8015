"""Facts about reservations, dispatches and what became of the goods."""

from __future__ import annotations

import uuid

from pydantic import Field
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import deeds
from services.kit.auth import Principal
from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Exact, Moment, Schema
from services.kit.texts import Text


def _is_none(value: object) -> bool:
    return value is None


class LineFact(Schema):
    """So much of one lot. `lost` only in arrivals and uses."""

    lot_id: uuid.UUID
    quantity: Exact
    lost: Exact | None = Field(default=None, exclude_if=_is_none)


class ReservationFact(Schema):
    """Payload of `reserved` and `reservation_cancelled`."""

    reservation_id: uuid.UUID
    incident_id: uuid.UUID
    state: str
    expires_at: Moment
    lines: list[LineFact]


class HandoverFact(Schema):
    """Payload of the others: which document, for which incident, what of which lot."""

    document_id: uuid.UUID
    incident_id: uuid.UUID
    dispatch_id: uuid.UUID | None = Field(default=None, exclude_if=_is_none)
    depot_id: uuid.UUID | None = Field(default=None, exclude_if=_is_none)
    lines: list[LineFact]


RESERVED = EventType(
    "emergency.reserved.v1", ReservationFact, Text(zh="物资已预留", en="Goods were reserved"), Readers.BUREAU
)
RESERVATION_CANCELLED = EventType(
    "emergency.reservation_cancelled.v1",
    ReservationFact,
    Text(zh="物资预留已取消", en="A reservation was cancelled"),
    Readers.BUREAU,
)
DISPATCHED = EventType(
    "emergency.dispatched.v1",
    HandoverFact,
    Text(zh="物资已出库", en="Goods left their depot"),
    Readers.BUREAU,
)
ARRIVED = EventType(
    "emergency.arrived.v1",
    HandoverFact,
    Text(zh="物资已到达", en="Goods arrived at the incident"),
    Readers.BUREAU,
)
USED = EventType(
    "emergency.used.v1", HandoverFact, Text(zh="物资已使用", en="Goods were used"), Readers.BUREAU
)
RETURNED = EventType(
    "emergency.returned.v1",
    HandoverFact,
    Text(zh="物资已归还", en="Goods were returned to a depot"),
    Readers.BUREAU,
)


def tell(
    session: AsyncSession,
    principal: Principal,
    fact: ReservationFact | HandoverFact,
    *,
    kind: EventType,
    subject: str,
    entity: str,
) -> None:
    """Audits and emits one fact; all of them are the bureau's own."""
    entity_id = fact.reservation_id if isinstance(fact, ReservationFact) else fact.document_id
    deeds.record(
        session, principal, kind=kind, entity=entity, entity_id=entity_id, subject=subject, fact=fact
    )
