"""Facts about reservations, dispatches and what became of the goods."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, events
from services.kit.auth import Principal
from services.kit.schemas import Exact, Moment, Schema

RESERVED = "emergency.reserved.v1"
RESERVATION_CANCELLED = "emergency.reservation_cancelled.v1"
DISPATCHED = "emergency.dispatched.v1"
ARRIVED = "emergency.arrived.v1"
USED = "emergency.used.v1"
RETURNED = "emergency.returned.v1"


class LineFact(Schema):
    """So much of one lot. `lost` only in arrivals and uses."""

    lot_id: uuid.UUID
    quantity: Exact
    lost: Exact | None = None


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
    dispatch_id: uuid.UUID | None = None
    depot_id: uuid.UUID | None = None
    lines: list[LineFact]


def tell(
    session: AsyncSession,
    principal: Principal,
    fact: ReservationFact | HandoverFact,
    *,
    kind: str,
    subject: str,
    entity: str,
) -> None:
    """Audits and emits one fact; all of them are the bureau's own."""
    data = fact.model_dump(mode="json", exclude_none=True)
    entity_id = fact.reservation_id if isinstance(fact, ReservationFact) else fact.document_id
    audit.record(session, principal, action=kind, entity=entity, entity_id=entity_id, after=data)
    events.emit(session, kind=kind, subject=subject, data=data)
