"""Performance classes of sites and the measures of their 一厂一策 sheets.

Steps, given classes and measures are never changed: the database refuses it.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import exact, json_document, timestamp
from services.permits.models import PermitsTable


class PerformanceDeclaration(PermitsTable, table=True):
    """A class that an enterprise declares for a site, and how far its review has come."""

    __tablename__ = "performance_declaration"

    id: uuid.UUID = Field(primary_key=True)
    permit_number: str = Field(foreign_key="permit.permit_number")
    uscc: str
    edition: str
    sector: str
    declared_class: str
    granted_class: str
    level: str
    state: str
    stood_on: date
    notice_from: date | None = None
    notice_until: date | None = None
    notice_provisional: bool = False
    document: dict[str, Any] = Field(sa_type=json_document())
    document_sha256: str
    receipt_id: str = Field(unique=True)
    receipt_jws: str
    submitted_by: str
    submitted_at: datetime = Field(sa_type=timestamp())
    updated_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint(
            "state IN ('declared', 'county_passed', 'league_passed', 'region_passed', 'noticed', "
            "'effective', 'refused', 'withdrawn')",
            name="state",
        ),
        sa.CheckConstraint("level IN ('county', 'league', 'region')", name="level"),
        sa.CheckConstraint("(notice_from IS NULL) = (notice_until IS NULL)", name="notice"),
        sa.CheckConstraint("notice_from < notice_until", name="notice_order"),
        sa.CheckConstraint("state <> 'effective' OR notice_until < stood_on", name="notice_over"),
        sa.Index("ix_performance_declaration_uscc", "uscc", "id"),
        sa.Index(
            "uq_performance_declaration_open",
            "permit_number",
            unique=True,
            postgresql_where=sa.text("state NOT IN ('effective', 'refused', 'withdrawn')"),
        ),
    )


class PerformanceStep(PermitsTable, table=True):
    """One step of a declaration: who entered it, of which day, by which document."""

    __tablename__ = "performance_step"

    id: uuid.UUID = Field(primary_key=True)
    declaration_id: uuid.UUID = Field(foreign_key="performance_declaration.id")
    step: str
    granted_class: str
    on_day: date
    basis: str
    opinion: str | None = None
    entered_by: str
    entered_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (sa.Index("ix_performance_step_declaration_id", "declaration_id", "id"),)


class PerformanceClass(PermitsTable, table=True):
    """A class that a site has from a day on, until another one is given. `sequence` is the order of entry."""

    __tablename__ = "performance_class"

    id: uuid.UUID = Field(primary_key=True)
    sequence: int | None = Field(
        default=None,
        sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), nullable=False, unique=True),
    )
    permit_number: str = Field(foreign_key="permit.permit_number")
    uscc: str
    edition: str
    sector: str
    given_class: str
    effective_from: date
    ground: str
    declaration_id: uuid.UUID | None = Field(default=None, foreign_key="performance_declaration.id")
    reason: str | None = None
    basis: str
    given_by: str
    given_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("ground IN ('rating', 'downgrade')", name="ground"),
        sa.CheckConstraint("(ground = 'rating') = (declaration_id IS NOT NULL)", name="declaration"),
        sa.CheckConstraint("(ground = 'downgrade') = (reason IS NOT NULL)", name="reason"),
        sa.Index("ix_performance_class_permit", "permit_number", "effective_from", "sequence"),
    )


class MeasurePlan(PermitsTable, table=True):
    """A 一厂一策 sheet of a site; it holds from its day on once the bureau has confirmed it."""

    __tablename__ = "measure_plan"

    id: uuid.UUID = Field(primary_key=True)
    permit_number: str = Field(foreign_key="permit.permit_number")
    uscc: str
    version: int
    effective_from: date
    state: str
    document: dict[str, Any] = Field(sa_type=json_document())
    document_sha256: str
    receipt_id: str = Field(unique=True)
    receipt_jws: str
    filed_by: str
    filed_at: datetime = Field(sa_type=timestamp())
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=timestamp())
    comment: str | None = None

    __table_args__ = (
        sa.UniqueConstraint("permit_number", "version"),
        sa.CheckConstraint("state IN ('filed', 'confirmed', 'returned')", name="state"),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("(state = 'filed') = (decided_by IS NULL)", name="decided"),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_at"),
        sa.CheckConstraint("state <> 'returned' OR comment IS NOT NULL", name="comment"),
        sa.Index("ix_measure_plan_uscc", "uscc", "id"),
    )


class MeasureRow(PermitsTable, table=True):
    """One measure of a sheet."""

    __tablename__ = "measure"

    plan_id: uuid.UUID = Field(primary_key=True, foreign_key="measure_plan.id")
    line: int = Field(primary_key=True)
    alert_level: str
    process: str
    action: str
    outlet_code: str | None = None
    measure: str
    reduction_percent: Decimal | None = Field(default=None, sa_type=exact())
    quantity: Decimal | None = Field(default=None, sa_type=exact())
    unit: str | None = None
    check_method: str
    responsible: str

    __table_args__ = (
        sa.CheckConstraint("alert_level IN ('yellow', 'orange', 'red')", name="alert_level"),
        sa.CheckConstraint("action IN ('stop', 'limit', 'transport', 'other')", name="action"),
        sa.CheckConstraint("reduction_percent > 0 AND reduction_percent <= 100", name="reduction_percent"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("(quantity IS NULL) = (unit IS NULL)", name="unit"),
    )
