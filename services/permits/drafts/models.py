"""Draft reports: what was filed for an obligation and waits for the representative's signature."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import json_document, timestamp
from services.permits.models import PermitsTable


class Draft(PermitsTable, table=True):
    """A report that is not yet one. `version` counts every change; `filed_under` is the delegation of the agent who
    changed it last, None where the enterprise did so itself."""

    __tablename__ = "draft"

    id: uuid.UUID = Field(primary_key=True)
    obligation_id: uuid.UUID = Field(foreign_key="obligation.id")
    permit_number: str
    uscc: str
    kind: str
    period_start: date
    period_end: date
    state: str
    version: int
    content: dict[str, Any] = Field(sa_type=json_document())
    corrects_version: int | None = Field(
        default=None, description="of the report that it corrects; NULL: it is the first for its period"
    )
    reason: str | None = None
    filed_by: str
    filed_under: str | None = None
    filed_at: datetime = Field(sa_type=timestamp())
    updated_at: datetime = Field(sa_type=timestamp())
    ended_by: str | None = None
    report_id: uuid.UUID | None = Field(default=None, foreign_key="report.id", index=True)

    __table_args__ = (
        sa.CheckConstraint("state IN ('open', 'signed', 'discarded')", name="state"),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("corrects_version >= 1", name="corrects_version"),
        sa.CheckConstraint("(corrects_version IS NULL) = (reason IS NULL)", name="reason"),
        sa.CheckConstraint("(state = 'signed') = (report_id IS NOT NULL)", name="signed"),
        sa.CheckConstraint("(state = 'open') = (ended_by IS NULL)", name="ended"),
        sa.Index("uq_draft_open", "obligation_id", unique=True, postgresql_where=sa.text("state = 'open'")),
        sa.Index("ix_draft_uscc_id", "uscc", "id"),
    )
