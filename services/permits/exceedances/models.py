"""Exceedances that an inspector has confirmed (超标确认). Never changed: the database refuses it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import exact, timestamp
from services.permits.models import PermitsTable


class ExceedanceConfirmation(PermitsTable, table=True):
    """One reported value over its limit, confirmed after looking at permit, ledger, report and data: of a line, of a
    total, or of a day of a special period."""

    __tablename__ = "exceedance_confirmation"

    id: uuid.UUID = Field(primary_key=True)
    report_id: uuid.UUID = Field(foreign_key="report.id")
    report_version: int
    permit_number: str
    uscc: str
    period_start: date
    period_end: date
    outlet_code: str
    pollutant_code: str
    kind: str
    scope: str = Field(default="outlet", sa_column_kwargs={"server_default": sa.text("'outlet'")})
    day: date | None = None
    ground: str | None = None
    alert_level: str | None = None
    limit_value: Decimal = Field(sa_type=exact())
    value: Decimal = Field(sa_type=exact())
    multiple: Decimal = Field(sa_type=exact())
    finding: str
    confirmed_by: str
    confirmed_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.Index(
            "uq_exceedance_confirmation_value",
            *("report_id", "outlet_code", "pollutant_code", "kind", "scope"),
            sa.text("COALESCE(day, '0001-01-01'::date)"),
            unique=True,
        ),
        sa.CheckConstraint(
            "scope IN ('outlet', 'plant', 'main_outlets', 'general_outlets', 'fugitive')", name="scope"
        ),
        sa.CheckConstraint("(day IS NULL) = (ground IS NULL)", name="day"),
        sa.CheckConstraint("multiple >= 0", name="over"),
        sa.Index("ix_exceedance_confirmation_uscc", "uscc", "id"),
    )
