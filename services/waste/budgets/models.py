"""Yearly budgets and their ledger: every reservation, release and booking, never changed.

The CHECK on the row is the last guard: whatever runs at the same time, no budget is ever overdrawn.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import exact, timestamp
from services.waste.models import WasteTable


class Budget(WasteTable, table=True):
    """What may be taken of one licence group, or under one plan line, in one calendar year; in kg."""

    __tablename__ = "budget"

    id: uuid.UUID = Field(primary_key=True)
    kind: str
    licence_group_id: uuid.UUID | None = Field(default=None, foreign_key="licence_group.id")
    plan_line_id: uuid.UUID | None = Field(default=None, foreign_key="plan_line.id")
    year: int
    scale_kg: Decimal = Field(sa_type=exact())
    reserved_kg: Decimal = Field(default=Decimal(0), sa_type=exact())
    received_kg: Decimal = Field(default=Decimal(0), sa_type=exact())

    __table_args__ = (
        sa.UniqueConstraint("licence_group_id", "year"),
        sa.UniqueConstraint("plan_line_id", "year"),
        sa.CheckConstraint(
            "(kind = 'licence') = (licence_group_id IS NOT NULL) AND (kind = 'plan') = (plan_line_id IS NOT NULL)"
            " AND kind IN ('licence', 'plan')",
            name="kind",
        ),
        sa.CheckConstraint(
            "reserved_kg >= 0 AND received_kg >= 0 AND reserved_kg + received_kg <= scale_kg",
            name="not_overdrawn",
        ),
    )


class BudgetEntry(WasteTable, table=True):
    """One movement of one budget for one line of one manifest."""

    __tablename__ = "budget_entry"

    id: uuid.UUID = Field(primary_key=True)
    budget_id: uuid.UUID = Field(foreign_key="budget.id", index=True)
    manifest_id: uuid.UUID = Field(foreign_key="manifest.id", index=True)
    line: int
    movement: str
    mass_kg: Decimal = Field(sa_type=exact())
    at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.UniqueConstraint("budget_id", "manifest_id", "line", "movement"),
        sa.CheckConstraint("movement IN ('reserve', 'release', 'receive')", name="movement"),
        sa.CheckConstraint("mass_kg > 0", name="mass_kg"),
    )
