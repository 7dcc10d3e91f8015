"""What is promised to an incident, what left for it, what arrived, what was used and what came back."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.emergency.models import EmergencyTable
from services.kit.database import exact, json_document, timestamp


class Reservation(EmergencyTable, table=True):
    """Goods promised to one incident until `expires_at`. After that they are not dispatched, only released."""

    __tablename__ = "reservation"

    id: uuid.UUID = Field(primary_key=True)
    incident_id: uuid.UUID = Field(foreign_key="incident.id")
    state: str
    expires_at: datetime = Field(sa_type=timestamp())
    document: dict[str, Any] = Field(sa_type=json_document())
    skipped: list[dict[str, Any]] = Field(sa_type=json_document())
    reserved_by: str
    reserved_at: datetime = Field(sa_type=timestamp())
    cancelled_at: datetime | None = Field(default=None, sa_type=timestamp())
    reason: str | None = None

    __table_args__ = (
        sa.CheckConstraint("state IN ('active', 'fulfilled', 'cancelled')", name="state"),
        sa.CheckConstraint("(state = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled_at"),
        sa.CheckConstraint("reserved_at < expires_at", name="expires_at"),
        sa.Index("ix_reservation_incident_id", "incident_id", "id"),
        sa.Index("ix_reservation_state", "state", "id"),
    )


class ReservationLine(EmergencyTable, table=True):
    """So much of one lot in one depot. What is neither dispatched nor released is in the balance as reserved."""

    __tablename__ = "reservation_line"

    id: uuid.UUID = Field(primary_key=True)
    reservation_id: uuid.UUID = Field(foreign_key="reservation.id")
    position: int
    asked_in: int
    lot_id: uuid.UUID = Field(foreign_key="lot.id")
    depot_id: uuid.UUID = Field(foreign_key="depot.id")
    quantity: Decimal = Field(sa_type=exact())
    dispatched: Decimal = Field(sa_type=exact())
    released: Decimal = Field(sa_type=exact())

    __table_args__ = (
        sa.UniqueConstraint("reservation_id", "position"),
        sa.CheckConstraint(
            "quantity > 0 AND dispatched >= 0 AND released >= 0 AND dispatched + released <= quantity",
            name="quantity",
        ),
        sa.Index("ix_reservation_line_lot_id", "lot_id", "depot_id"),
    )

    @property
    def open(self) -> Decimal:
        return self.quantity - self.dispatched - self.released


class Dispatch(EmergencyTable, table=True):
    """Goods of one reservation that left one depot together (出库单), with the receipt that was given for them."""

    __tablename__ = "dispatch"

    id: uuid.UUID = Field(primary_key=True)
    reservation_id: uuid.UUID = Field(foreign_key="reservation.id", index=True)
    incident_id: uuid.UUID = Field(foreign_key="incident.id")
    depot_id: uuid.UUID = Field(foreign_key="depot.id")
    state: str
    vehicle: str | None = None
    document: dict[str, Any] = Field(sa_type=json_document())
    document_sha256: str
    dispatched_by: str
    dispatched_at: datetime = Field(sa_type=timestamp())
    receipt_id: str = Field(unique=True)
    receipt_jws: str

    __table_args__ = (
        sa.CheckConstraint("state IN ('in_transit', 'arrived')", name="state"),
        sa.Index("ix_dispatch_incident_id", "incident_id", "id"),
    )


class DispatchLine(EmergencyTable, table=True):
    """So much of one lot on the way. What has neither arrived nor been lost is in the transit balance."""

    __tablename__ = "dispatch_line"

    id: uuid.UUID = Field(primary_key=True)
    dispatch_id: uuid.UUID = Field(foreign_key="dispatch.id")
    reservation_line_id: uuid.UUID = Field(foreign_key="reservation_line.id")
    position: int
    lot_id: uuid.UUID = Field(foreign_key="lot.id", index=True)
    quantity: Decimal = Field(sa_type=exact())
    received: Decimal = Field(sa_type=exact())
    lost: Decimal = Field(sa_type=exact())

    __table_args__ = (
        sa.UniqueConstraint("dispatch_id", "position"),
        sa.CheckConstraint(
            "quantity > 0 AND received >= 0 AND lost >= 0 AND received + lost <= quantity", name="quantity"
        ),
    )

    @property
    def open(self) -> Decimal:
        return self.quantity - self.received - self.lost


class Handover(EmergencyTable, table=True):
    """What happened to goods after they left: an arrival, a use at the place, or a return to a depot. Never changed.

    Its quantities are the movements of its id. A return carries the receipt that was given for it.
    """

    __tablename__ = "handover"

    id: uuid.UUID = Field(primary_key=True)
    kind: str
    incident_id: uuid.UUID = Field(foreign_key="incident.id")
    dispatch_id: uuid.UUID | None = Field(default=None, foreign_key="dispatch.id")
    depot_id: uuid.UUID | None = Field(default=None, foreign_key="depot.id")
    document: dict[str, Any] = Field(sa_type=json_document())
    recorded_by: str
    recorded_at: datetime = Field(sa_type=timestamp())
    receipt_id: str | None = Field(default=None, unique=True)
    receipt_jws: str | None = None

    __table_args__ = (
        sa.CheckConstraint("kind IN ('arrival', 'use', 'return')", name="kind"),
        sa.CheckConstraint("(kind = 'arrival') = (dispatch_id IS NOT NULL)", name="dispatch_id"),
        sa.CheckConstraint("(kind = 'return') = (depot_id IS NOT NULL)", name="depot_id"),
        sa.CheckConstraint("(kind = 'return') = (receipt_jws IS NOT NULL)", name="receipt_jws"),
        sa.Index("ix_handover_incident_id", "incident_id", "id"),
    )
