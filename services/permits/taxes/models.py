"""Declarations for the environmental protection tax (环境保护税纳税申报), as the tax office told of them.

Never changed: the database refuses it. A correction is a declaration that supersedes the one before.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import exact, timestamp
from services.permits.models import PermitsTable


class TaxDeclaration(PermitsTable, table=True):
    """What one enterprise declared for one quarter (or a year), of one site or of all; its lines are its own rows."""

    __tablename__ = "tax_declaration"

    id: uuid.UUID = Field(primary_key=True)
    uscc: str = Field(foreign_key="enterprise.uscc")
    permit_number: str | None = Field(default=None, foreign_key="permit.permit_number")
    year: int
    quarter: int | None = None
    declared_on: date
    source: str
    supersedes: uuid.UUID | None = Field(default=None, foreign_key="tax_declaration.id", unique=True)
    reason: str | None = None
    recorded_by: str
    recorded_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("quarter BETWEEN 1 AND 4", name="quarter"),
        sa.CheckConstraint("(supersedes IS NULL) = (reason IS NULL)", name="correction"),
        sa.CheckConstraint("supersedes <> id", name="itself"),
        sa.Index(
            "uq_tax_declaration_period",
            "uscc",
            sa.text("coalesce(permit_number, '')"),
            "year",
            sa.text("coalesce(quarter, 0)"),
            unique=True,
            postgresql_where=sa.text("supersedes IS NULL"),
        ),
        sa.Index("ix_tax_declaration_uscc_id", "uscc", "id"),
    )


class TaxLine(PermitsTable, table=True):
    """One pollutant of one declaration. `amount_t` is `amount` in tonnes, exactly."""

    __tablename__ = "tax_line"

    declaration_id: uuid.UUID = Field(primary_key=True, foreign_key="tax_declaration.id")
    pollutant_code: str = Field(primary_key=True)
    amount: Decimal = Field(sa_type=exact())
    unit: str
    amount_t: Decimal = Field(sa_type=exact())
    levied_percent: int

    __table_args__ = (
        sa.CheckConstraint("amount >= 0 AND amount_t >= 0", name="amount"),
        sa.CheckConstraint("unit IN ('t', 'kg', 'g')", name="unit"),
        sa.CheckConstraint("levied_percent IN (100, 75, 50)", name="levied_percent"),
    )
