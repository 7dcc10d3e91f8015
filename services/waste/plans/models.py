"""Yearly management plans (危险废物管理计划): what a site means to hand over, to whom, and how much.

Plans and their lines are never changed: the database refuses it.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import exact, json_document, timestamp
from services.waste.models import WasteTable


class Plan(WasteTable, table=True):
    """The plan of one site for one year, as it was filed, with its receipt."""

    __tablename__ = "plan"

    id: uuid.UUID = Field(primary_key=True)
    uscc: str = Field(foreign_key="unit.uscc", index=True)
    site_code: str = Field(max_length=3)
    year: int
    filed_on: date
    days_late: int
    document: dict[str, Any] = Field(sa_type=json_document())
    document_sha256: str
    submitted_by: str
    receipt_id: str = Field(unique=True)
    receipt_jws: str
    created_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.UniqueConstraint("uscc", "site_code", "year"),
        sa.CheckConstraint("days_late >= 0", name="days_late"),
    )


class PlanLine(WasteTable, table=True):
    """One planned transfer, in kg for the year."""

    __tablename__ = "plan_line"

    id: uuid.UUID = Field(primary_key=True)
    plan_id: uuid.UUID = Field(foreign_key="plan.id")
    waste_code: str
    receiver_uscc: str = Field(foreign_key="unit.uscc")
    mode: str
    planned_kg: Decimal = Field(sa_type=exact())

    __table_args__ = (
        sa.UniqueConstraint("plan_id", "waste_code", "receiver_uscc"),
        sa.CheckConstraint("planned_kg > 0", name="planned_kg"),
        sa.CheckConstraint("mode IN ('collect', 'store', 'recycle', 'dispose')", name="mode"),
    )
