"""Environmental incidents (突发环境事件), how they were graded, and who answers for them."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.emergency.models import EmergencyTable
from services.kit.database import exact, json_document, timestamp


class IncidentCounter(EmergencyTable, table=True):
    """The last serial given in a place and year; its row lock makes the numbers gap-free."""

    __tablename__ = "incident_counter"

    region_code: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    serial: int


class Incident(EmergencyTable, table=True):
    """One incident. Its id is also that of its account in the stock ledger. `grade` is that of the last grading."""

    __tablename__ = "incident"

    id: uuid.UUID = Field(primary_key=True, foreign_key="location.id")
    number: str = Field(unique=True)
    kind: str
    happened_at: datetime = Field(sa_type=timestamp())
    known_at: datetime = Field(sa_type=timestamp())
    region_code: str = Field(max_length=6)
    address: str
    longitude: Decimal = Field(sa_type=exact())
    latitude: Decimal = Field(sa_type=exact())
    crs: str = Field(default="CGCS2000")
    description: str
    state: str = "open"
    grade: str | None = None
    grade_table: str | None = None
    responsible_uscc: str | None = Field(default=None, max_length=18)
    responsibility_basis: str | None = None
    responsibility_recorded_at: datetime | None = Field(default=None, sa_type=timestamp())
    recorded_by: str
    recorded_at: datetime = Field(sa_type=timestamp())
    closed_at: datetime | None = Field(default=None, sa_type=timestamp())
    closing_note: str | None = None

    __table_args__ = (
        sa.CheckConstraint(
            "kind IN ('leak', 'fire_or_explosion', 'transport', 'illegal_discharge', 'natural_disaster', 'other')",
            name="kind",
        ),
        sa.CheckConstraint("crs = 'CGCS2000'", name="crs"),
        sa.CheckConstraint("happened_at <= known_at", name="known_at"),
        sa.CheckConstraint("state IN ('open', 'closed')", name="state"),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at"),
        sa.CheckConstraint("(grade IS NULL) = (grade_table IS NULL)", name="grade_table"),
        sa.CheckConstraint("grade IN ('I', 'II', 'III', 'IV')", name="grade"),
        sa.CheckConstraint(
            "(responsible_uscc IS NULL) = (responsibility_basis IS NULL) "
            "AND (responsible_uscc IS NULL) = (responsibility_recorded_at IS NULL)",
            name="responsibility",
        ),
        sa.Index("ix_incident_state", "state", "id"),
        sa.Index("ix_incident_responsible_uscc", "responsible_uscc", "id"),
    )


class Grading(EmergencyTable, table=True):
    """One grading of an incident: the facts, the table of its day, and which rows of it fired. Never changed."""

    __tablename__ = "grading"

    id: uuid.UUID = Field(primary_key=True)
    incident_id: uuid.UUID = Field(foreign_key="incident.id")
    grade: str
    table: str
    facts: dict[str, Any] = Field(sa_type=json_document())
    fired: list[dict[str, Any]] = Field(sa_type=json_document())
    graded_by: str
    graded_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("grade IN ('I', 'II', 'III', 'IV')", name="grade"),
        sa.Index("ix_grading_incident_id", "incident_id", "id"),
    )
