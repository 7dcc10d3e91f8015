"""Dated duties to report that follow from a permit."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import timestamp
from services.permits.models import PermitsTable


class Obligation(PermitsTable, table=True):
    """One report that one permit owes for one period. `report_id` and `reported_on` are
    set by the report that answers it."""

    __tablename__ = "obligation"

    id: uuid.UUID = Field(primary_key=True)
    permit_id: uuid.UUID = Field(foreign_key="permit.id")
    permit_number: str
    uscc: str
    kind: str
    period_start: date
    period_end: date
    due_on: date
    basis: str
    report_id: uuid.UUID | None = Field(default=None, unique=True)
    reported_on: date | None = None
    created_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.UniqueConstraint("permit_id", "kind", "period_start"),
        sa.Index("ix_obligation_uscc_period_end", "uscc", "period_end", "id"),
        sa.Index("ix_obligation_period_end", "period_end", "id"),
        sa.CheckConstraint("kind IN ('quarterly', 'annual')", name="kind"),
        sa.CheckConstraint("(report_id IS NULL) = (reported_on IS NULL)", name="reported"),
        sa.CheckConstraint("period_start < period_end AND period_end < due_on", name="order"),
    )
