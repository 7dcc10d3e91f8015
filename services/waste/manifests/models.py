"""Hazardous waste manifests (危险废物转移联单): the declaration, its lines, every step, and what the receiver found.

Lines, steps, reception lines, discrepancies and notices are never changed, nor is a manifest's content once it was
submitted: the database refuses it. `number` is our own; `national_no` is the national system's, never made here.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import exact, json_document, timestamp
from services.waste.models import WasteTable

NUMBER = sa.Sequence("manifest_number", metadata=WasteTable.metadata)


class Manifest(WasteTable, table=True):
    """One transfer from one shipper by one carrier to one receiver."""

    __tablename__ = "manifest"

    id: uuid.UUID = Field(primary_key=True)
    number: str = Field(unique=True)
    national_no: str | None = Field(default=None, unique=True, max_length=14)
    state: str
    version: int = 1
    shipper_uscc: str = Field(max_length=18)
    site_code: str = Field(max_length=3)
    carrier_uscc: str = Field(max_length=18)
    receiver_uscc: str = Field(max_length=18)
    licence_number: str
    content: dict[str, Any] = Field(sa_type=json_document())
    drafted_by: str
    created_at: datetime = Field(sa_type=timestamp())
    updated_at: datetime = Field(sa_type=timestamp())
    submitted_at: datetime | None = Field(default=None, sa_type=timestamp())
    year: int | None = None
    catalogue_edition: str | None = None
    catalogue_provisional: bool | None = None
    departed_at: datetime | None = Field(default=None, sa_type=timestamp())
    arrived_at: datetime | None = Field(default=None, sa_type=timestamp())
    decided_at: datetime | None = Field(default=None, sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'ready', 'in_transit', 'arrived', 'accepted',"
            " 'partially_accepted', 'rejected', 'cancelled')",
            name="state",
        ),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("(submitted_at IS NULL) = (year IS NULL)", name="submitted"),
        sa.CheckConstraint("state IN ('draft', 'cancelled') OR submitted_at IS NOT NULL", name="in_order"),
        sa.Index("ix_manifest_shipper", "shipper_uscc", "id"),
        sa.Index("ix_manifest_carrier", "carrier_uscc", "id"),
        sa.Index("ix_manifest_receiver", "receiver_uscc", "id"),
        sa.Index("ix_manifest_state_id", "state", "id"),
    )


class ManifestLine(WasteTable, table=True):
    """One waste of a submitted manifest, as declared and signed; mass in kg."""

    __tablename__ = "manifest_line"

    manifest_id: uuid.UUID = Field(primary_key=True, foreign_key="manifest.id")
    line: int = Field(primary_key=True)
    waste_code: str = Field(index=True)
    category: str
    waste_name: str
    hazard_traits: list[str] = Field(sa_type=sa.ARRAY(sa.Text()))
    form: str
    packaging: str
    container_count: int
    mass_kg: Decimal = Field(sa_type=exact())
    mode: str

    __table_args__ = (
        sa.CheckConstraint("line >= 1", name="line"),
        sa.CheckConstraint("mass_kg > 0", name="mass_kg"),
        sa.CheckConstraint("container_count >= 1", name="container_count"),
    )


class ManifestStep(WasteTable, table=True):
    """One step: who took it for which party, by which article, what was signed, and the receipt."""

    __tablename__ = "manifest_step"

    id: uuid.UUID = Field(primary_key=True)
    manifest_id: uuid.UUID = Field(foreign_key="manifest.id")
    position: int
    step: str
    state: str
    party: str
    uscc: str
    basis: str
    document: dict[str, Any] = Field(sa_type=json_document())
    document_sha256: str
    signed_by: str
    signed_at: datetime = Field(sa_type=timestamp())
    receipt_id: str = Field(unique=True)
    receipt_jws: str

    __table_args__ = (
        sa.UniqueConstraint("manifest_id", "position"),
        sa.UniqueConstraint("manifest_id", "step"),
        sa.CheckConstraint("party IN ('shipper', 'carrier', 'receiver')", name="party"),
    )


class ReceptionLine(WasteTable, table=True):
    """What the receiver found of one line, in kg: accepted + refused = arrived."""

    __tablename__ = "reception_line"

    manifest_id: uuid.UUID = Field(primary_key=True)
    line: int = Field(primary_key=True)
    arrived_kg: Decimal = Field(sa_type=exact())
    accepted_kg: Decimal = Field(sa_type=exact())
    refused_kg: Decimal = Field(sa_type=exact())
    refusal_reason: str | None = None
    observed: dict[str, Any] = Field(sa_type=json_document())

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["manifest_id", "line"],
            ["manifest_line.manifest_id", "manifest_line.line"],
            name="fk_reception_line_line",
        ),
        sa.CheckConstraint(
            "accepted_kg >= 0 AND refused_kg >= 0 AND accepted_kg + refused_kg = arrived_kg",
            name="mass_conserved",
        ),
        sa.CheckConstraint("(refused_kg > 0) = (refusal_reason IS NOT NULL)", name="refusal_reason"),
    )


class Discrepancy(WasteTable, table=True):
    """A manifest whose waste was not what it says (Order 23 art. 18)."""

    __tablename__ = "discrepancy"

    id: uuid.UUID = Field(primary_key=True)
    manifest_id: uuid.UUID = Field(foreign_key="manifest.id", unique=True)
    shipper_uscc: str
    found_at: datetime = Field(sa_type=timestamp())
    lines: list[dict[str, Any]] = Field(sa_type=json_document())

    __table_args__ = (sa.Index("ix_discrepancy_shipper", "shipper_uscc", "found_at"),)


class Notice(WasteTable, table=True):
    """Somebody who must hear of a discrepancy: the shipper (USCC) or the bureau of the place (region code)."""

    __tablename__ = "notice"

    id: uuid.UUID = Field(primary_key=True)
    discrepancy_id: uuid.UUID = Field(foreign_key="discrepancy.id")
    addressee_kind: str
    addressee: str
    basis: str
    opened_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.UniqueConstraint("discrepancy_id", "addressee_kind"),
        sa.CheckConstraint("addressee_kind IN ('shipper', 'bureau')", name="addressee_kind"),
        sa.Index("ix_notice_addressee", "addressee", "id"),
    )
