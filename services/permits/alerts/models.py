"""Declared heavy-pollution alerts (重污染天气预警): level, area, from when, until when."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import timestamp
from services.permits.models import PermitsTable


class AlertPeriod(PermitsTable, table=True):
    """One alert as it was declared; lifting it sets when it really ended, once. Another level is a period that
    follows it; `end_told_at` is when it was told that it had ended by itself."""

    __tablename__ = "alert_period"

    id: uuid.UUID = Field(primary_key=True)
    level: str
    region_code: str = Field(max_length=6)
    begins_at: datetime = Field(sa_type=timestamp())
    ends_at: datetime | None = Field(default=None, sa_type=timestamp())
    basis: str
    declared_by: str
    declared_at: datetime = Field(sa_type=timestamp())
    lifted_by: str | None = None
    lifted_at: datetime | None = Field(default=None, sa_type=timestamp())
    lifted_why: str | None = None
    followed_by: uuid.UUID | None = Field(default=None, foreign_key="alert_period.id")
    end_told_at: datetime | None = Field(default=None, sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("level IN ('yellow', 'orange', 'red')", name="level"),
        sa.CheckConstraint("ends_at >= begins_at", name="order"),
        sa.CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted"),
        sa.CheckConstraint("lifted_at IS NULL OR ends_at IS NOT NULL", name="ended"),
        sa.CheckConstraint(
            "followed_by IS NULL OR (ends_at IS NOT NULL AND lifted_at IS NULL)", name="followed"
        ),
        sa.UniqueConstraint("followed_by"),
        sa.Index("ix_alert_period_begins_at", "begins_at", "id"),
    )
