"""Deadlines as rows: from when, until when, why, and when they were met."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import timestamp
from services.waste.models import WasteTable


class Deadline(WasteTable, table=True):
    """One running or ended limit. `provisional`: a year on the way has no published calendar yet."""

    __tablename__ = "deadline"

    id: uuid.UUID = Field(primary_key=True)
    kind: str
    manifest_id: uuid.UUID | None = Field(default=None, foreign_key="manifest.id")
    bag_id: uuid.UUID | None = Field(default=None, foreign_key="medical_bag.id")
    responsible_uscc: str
    basis: str
    started_at: datetime = Field(sa_type=timestamp())
    due_on: date
    due_at: datetime = Field(sa_type=timestamp())
    provisional: bool
    uncovered_years: list[int] = Field(sa_type=sa.ARRAY(sa.Integer()))
    calendar: str
    met_at: datetime | None = Field(default=None, sa_type=timestamp())

    __table_args__ = (
        sa.UniqueConstraint("manifest_id", "kind"),
        sa.UniqueConstraint("bag_id", "kind"),
        sa.CheckConstraint(
            "(kind = 'manifest_confirmation' AND manifest_id IS NOT NULL AND bag_id IS NULL)"
            " OR (kind = 'medical_storage' AND bag_id IS NOT NULL AND manifest_id IS NULL)",
            name="kind",
        ),
        sa.CheckConstraint("started_at <= due_at", name="order"),
        sa.Index(
            "ix_deadline_open", "responsible_uscc", "due_at", postgresql_where=sa.text("met_at IS NULL")
        ),
    )
