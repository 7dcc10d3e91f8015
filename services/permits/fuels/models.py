"""Fuel facts (能源消耗): one a fuel and period, with versions that are never changed: the database refuses it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import exact, timestamp
from services.permits.models import PermitsTable


class FuelFactRow(PermitsTable, table=True):
    """What of which fuel, of which site, for which days; how much is in its versions."""

    __tablename__ = "fuel_fact"

    id: uuid.UUID = Field(primary_key=True)
    permit_number: str = Field(foreign_key="permit.permit_number")
    uscc: str
    fuel: str
    outlet_code: str | None = None
    period_start: date
    period_end: date
    version: int
    created_at: datetime = Field(sa_type=timestamp())
    updated_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("period_start <= period_end", name="period"),
        sa.Index("ix_fuel_fact_uscc", "uscc", "period_end", "id"),
        sa.Index("ix_fuel_fact_permit_number", "permit_number", "fuel", "period_end"),
    )


class FuelFactVersion(PermitsTable, table=True):
    """How much was burnt or bought, as stated at one time; measured properties where they were measured."""

    __tablename__ = "fuel_fact_version"

    fact_id: uuid.UUID = Field(primary_key=True, foreign_key="fuel_fact.id")
    version: int = Field(primary_key=True)
    quantity: Decimal = Field(sa_type=exact())
    unit: str
    sulphur_percent: Decimal | None = Field(default=None, sa_type=exact())
    net_calorific_value: Decimal | None = Field(default=None, sa_type=exact())
    carbon_content: Decimal | None = Field(default=None, sa_type=exact())
    source_document: str
    reason: str | None = None
    recorded_by: str
    recorded_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("quantity >= 0", name="quantity"),
        sa.CheckConstraint("unit IN ('t', '10^4 m3', 'MWh', 'GJ')", name="unit"),
        sa.CheckConstraint("sulphur_percent >= 0", name="sulphur_percent"),
        sa.CheckConstraint("net_calorific_value > 0", name="net_calorific_value"),
        sa.CheckConstraint("carbon_content > 0", name="carbon_content"),
        sa.CheckConstraint("(version = 1) = (reason IS NULL)", name="reason"),
    )
