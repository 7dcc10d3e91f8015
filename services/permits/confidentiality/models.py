"""Requests to keep texts of a permit from the public, and what was decided."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import json_document, timestamp
from services.permits.models import PermitsTable


class Withholding(PermitsTable, table=True):
    """One request. `places` hold the JSON Pointer as it was given, and the anchor that holds in every version."""

    __tablename__ = "withholding"

    id: uuid.UUID = Field(primary_key=True)
    permit_number: str
    uscc: str
    version: int
    places: list[dict[str, Any]] = Field(sa_type=json_document())
    reason: str
    state: str
    again: bool = Field(description="one of its places was refused before, or published anew")
    requested_by: str
    requested_at: datetime = Field(sa_type=timestamp())
    public_reason: str | None = None
    comment: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("state IN ('requested', 'granted', 'refused', 'lifted')", name="state"),
        sa.CheckConstraint("(state = 'requested') = (decided_by IS NULL)", name="decided"),
        sa.CheckConstraint(
            "state NOT IN ('granted', 'lifted') OR public_reason IS NOT NULL", name="public_reason"
        ),
        sa.Index("ix_withholding_permit_number", "permit_number"),
        sa.Index("ix_withholding_uscc_id", "uscc", "id"),
    )
