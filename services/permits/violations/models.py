"""Violations of permits: one row a cause, as it stands now, and every step of it, which is never changed."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import exact, json_document, timestamp
from services.permits.models import PermitsTable


class Violation(PermitsTable, table=True):
    """One breach of one permit. `cause` says of what, and is there once: facts that come twice open nothing twice."""

    __tablename__ = "violation"

    id: uuid.UUID = Field(primary_key=True)
    cause: str = Field(unique=True)
    kind: str
    permit_number: str
    uscc: str
    obligation_id: uuid.UUID | None = Field(default=None, foreign_key="obligation.id")
    report_id: uuid.UUID | None = Field(default=None, foreign_key="report.id", index=True)
    outlet_code: str | None = None
    pollutant_code: str | None = None
    scope: str = Field(default="outlet", sa_column_kwargs={"server_default": sa.text("'outlet'")})
    limit_kind: str | None = None
    limit_value: Decimal | None = Field(default=None, sa_type=exact())
    value: Decimal | None = Field(default=None, sa_type=exact())
    multiple: Decimal | None = Field(default=None, sa_type=exact())
    period_start: date
    period_end: date
    due_on: date | None = None
    days_late: int | None = None
    finding: str | None = None
    severe: bool
    chronic: bool
    state: str
    resolution: str | None = None
    resolved_on: date | None = None
    proposed_by: str | None = None
    proposed_reason: str | None = None
    version: int
    opened_at: datetime = Field(sa_type=timestamp())
    updated_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint(
            "kind IN ('numeric', 'special_period', 'non_receipt', 'frequency', 'wrong_outlet', 'undisclosed', "
            "'fugitive')",
            name="kind",
        ),
        sa.CheckConstraint(
            "scope IN ('outlet', 'plant', 'main_outlets', 'general_outlets', 'fugitive')", name="scope"
        ),
        sa.CheckConstraint("state IN ('open', 'resolved', 'dismissed')", name="state"),
        sa.CheckConstraint("(state = 'open') = (resolution IS NULL)", name="resolution"),
        sa.CheckConstraint("(proposed_by IS NULL) = (proposed_reason IS NULL)", name="proposed"),
        sa.CheckConstraint("state <> 'dismissed' OR proposed_by IS NULL", name="dismissed"),
        sa.CheckConstraint(
            "kind <> 'numeric' OR (report_id IS NOT NULL AND (scope = 'outlet') = (outlet_code IS NOT NULL) "
            "AND value IS NOT NULL AND limit_value IS NOT NULL AND multiple IS NOT NULL)",
            name="numeric",
        ),
        sa.CheckConstraint(
            "kind <> 'non_receipt' OR (obligation_id IS NOT NULL AND due_on IS NOT NULL)", name="non_receipt"
        ),
        sa.CheckConstraint("period_start <= period_end", name="period"),
        sa.Index("ix_violation_uscc_id", "uscc", "id"),
        sa.Index("ix_violation_permit_number_period_end", "permit_number", "period_end"),
    )


class ViolationStep(PermitsTable, table=True):
    """One thing that happened to a violation: what, when, by whom, why, and the figures as they were then."""

    __tablename__ = "violation_step"

    id: uuid.UUID = Field(primary_key=True)
    violation_id: uuid.UUID = Field(foreign_key="violation.id")
    version: int
    step: str
    at: datetime = Field(sa_type=timestamp())
    by: str
    note: str | None = None
    figures: dict[str, Any] = Field(sa_type=json_document())

    __table_args__ = (sa.UniqueConstraint("violation_id", "version"),)
