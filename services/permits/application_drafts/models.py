"""Draft applications: prepared by the enterprise or its agent, waiting for the representative's signature."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import json_document, timestamp
from services.permits.models import PermitsTable


class ApplicationDraft(PermitsTable, table=True):
    """An application that is not yet one. `version` counts every change; `application_id` is the one that it corrects,
    or became; `filed_under` is the delegation of the agent who changed it last."""

    __tablename__ = "application_draft"

    id: uuid.UUID = Field(primary_key=True)
    uscc: str = Field(foreign_key="enterprise.uscc")
    kind: str
    permit_number: str | None = None
    site_name: str
    state: str
    version: int
    content: dict[str, Any] = Field(sa_type=json_document())
    corrects_version: int | None = None
    application_id: uuid.UUID | None = Field(default=None, foreign_key="application.id", index=True)
    filed_by: str
    filed_under: str | None = None
    filed_at: datetime = Field(sa_type=timestamp())
    updated_at: datetime = Field(sa_type=timestamp())
    ended_by: str | None = None

    __table_args__ = (
        sa.CheckConstraint("state IN ('open', 'signed', 'discarded')", name="state"),
        sa.CheckConstraint(
            "kind IN ('first', 'supplement', 'reapplication', 'change', 'renewal')", name="kind"
        ),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("corrects_version IS NULL OR application_id IS NOT NULL", name="corrects"),
        sa.CheckConstraint("state <> 'signed' OR application_id IS NOT NULL", name="signed"),
        sa.CheckConstraint("(state = 'open') = (ended_by IS NULL)", name="ended"),
        sa.Index(
            "uq_application_draft_open",
            "uscc",
            "site_name",
            unique=True,
            postgresql_where=sa.text("state = 'open'"),
        ),
        sa.Index("ix_application_draft_uscc_id", "uscc", "id"),
    )
