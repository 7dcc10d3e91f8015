"""The stock ledger (物资台账): lots, accounts, movements between accounts, and what each account holds.

Double entry: a movement takes a quantity of one lot from one account to another, so nothing appears or vanishes. The
database refuses to change or delete a movement. A balance is the sum of its account's movements, kept beside them in
the same transaction; `GET /v1/emergency/stock/check` proves that it is.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.emergency.models import EmergencyTable
from services.kit.database import exact, json_document, timestamp


class Location(EmergencyTable, table=True):
    """An account of the ledger: one for each depot and each incident (of the same id), and five single ones.

    `supplier` and `adjustment` are the world outside: they hold no balance. All others do.
    """

    __tablename__ = "location"

    id: uuid.UUID = Field(primary_key=True)
    kind: str

    __table_args__ = (
        sa.CheckConstraint(
            "kind IN ('depot', 'transit', 'incident', 'supplier', 'consumed', 'lost', 'adjustment')",
            name="kind",
        ),
        sa.UniqueConstraint("id", "kind"),
        sa.Index(
            "ix_location_single",
            "kind",
            unique=True,
            postgresql_where=sa.text("kind NOT IN ('depot', 'incident')"),
        ),
    )


class Lot(EmergencyTable, table=True):
    """A batch of one item: the same goods, made on one day, good through one day (报废日期). Never changed."""

    __tablename__ = "lot"

    id: uuid.UUID = Field(primary_key=True)
    item_id: uuid.UUID = Field(foreign_key="item.id")
    lot_number: str
    manufactured_on: date | None = None
    expires_on: date | None = None
    created_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.UniqueConstraint("item_id", "lot_number"),
        sa.CheckConstraint("manufactured_on <= expires_on", name="dates"),
    )


class Movement(EmergencyTable, table=True):
    """One line of the ledger, append-only: so much of this lot, from here to there. `sequence` is its order."""

    __tablename__ = "movement"

    id: uuid.UUID = Field(primary_key=True)
    sequence: int | None = Field(
        default=None,
        sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), nullable=False, unique=True),
    )
    kind: str
    lot_id: uuid.UUID = Field(foreign_key="lot.id")
    from_location_id: uuid.UUID
    from_kind: str
    to_location_id: uuid.UUID
    to_kind: str
    quantity: Decimal = Field(sa_type=exact())
    document_id: uuid.UUID = Field(description="the intake, dispatch, arrival, use or return it comes from")
    recorded_by: str
    recorded_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.ForeignKeyConstraint(["from_location_id", "from_kind"], ["location.id", "location.kind"]),
        sa.ForeignKeyConstraint(["to_location_id", "to_kind"], ["location.id", "location.kind"]),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("from_location_id <> to_location_id", name="two_legs"),
        sa.CheckConstraint(
            "(kind, from_kind, to_kind) IN (('intake', 'supplier', 'depot'), ('dispatch', 'depot', 'transit'), "
            "('arrival', 'transit', 'incident'), ('loss', 'transit', 'lost'), ('loss', 'incident', 'lost'), "
            "('use', 'incident', 'consumed'), ('return', 'incident', 'depot'))",
            name="kind",
        ),
        sa.Index("ix_movement_lot", "lot_id", "sequence"),
        sa.Index("ix_movement_document", "document_id"),
    )


class Balance(EmergencyTable, table=True):
    """What an account holds of a lot, and how much of it is promised to somebody (预留)."""

    __tablename__ = "balance"

    lot_id: uuid.UUID = Field(primary_key=True, foreign_key="lot.id")
    location_id: uuid.UUID = Field(primary_key=True, foreign_key="location.id")
    on_hand: Decimal = Field(sa_type=exact())
    reserved: Decimal = Field(sa_type=exact())

    __table_args__ = (
        sa.CheckConstraint("0 <= reserved AND reserved <= on_hand", name="reserved"),
        sa.Index("ix_balance_location", "location_id", "lot_id"),
    )


class Intake(EmergencyTable, table=True):
    """Goods that came into a depot (入库单), as they were stated. Never changed."""

    __tablename__ = "intake"

    id: uuid.UUID = Field(primary_key=True)
    depot_id: uuid.UUID = Field(foreign_key="depot.id")
    supplier: str
    document: dict[str, Any] = Field(sa_type=json_document())
    received_by: str
    received_at: datetime = Field(sa_type=timestamp())
