"""Approvals and filings of environmental impact assessments (环评批复、备案)."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import timestamp
from services.permits.models import PermitsTable


class EiaDocument(PermitsTable, table=True):
    """One approval (批复) or filing (备案) of one project. What it says is never changed; a mistake is a new one."""

    __tablename__ = "eia_document"

    id: uuid.UUID = Field(primary_key=True)
    uscc: str = Field(foreign_key="enterprise.uscc")
    number: str
    eia_class: str
    authority: str
    decided_on: date
    project_name: str
    state: str
    entered_by: str
    entered_at: datetime = Field(sa_type=timestamp())
    verified_by: str | None = None
    verified_at: datetime | None = Field(default=None, sa_type=timestamp())
    comment: str | None = None

    __table_args__ = (
        sa.CheckConstraint("eia_class IN ('report', 'form', 'registration')", name="eia_class"),
        sa.CheckConstraint("state IN ('stated', 'registered', 'confirmed', 'rejected')", name="state"),
        sa.CheckConstraint(
            "(state IN ('confirmed', 'rejected')) = (verified_by IS NOT NULL)", name="verified_by"
        ),
        sa.CheckConstraint("(verified_by IS NULL) = (verified_at IS NULL)", name="verified_at"),
        sa.CheckConstraint("state <> 'rejected' OR comment IS NOT NULL", name="comment"),
        sa.Index(
            "uq_eia_document_number",
            "uscc",
            "number",
            unique=True,
            postgresql_where=sa.text("state <> 'rejected'"),
        ),
        sa.Index("ix_eia_document_uscc_id", "uscc", "id"),
    )
