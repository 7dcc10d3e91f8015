"""Discharge permits (排污许可证): a permit has versions; a version has outlets; an outlet has limits.

Versions, outlets and limits are never changed: the database refuses it. A change of the permit is a new version.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import exact, json_document, timestamp
from services.permits.models import PermitsTable


class Permit(PermitsTable, table=True):
    """The permit of one site of one enterprise (条例 art. 6: one permit a site)."""

    __tablename__ = "permit"

    id: uuid.UUID = Field(primary_key=True)
    permit_number: str = Field(unique=True, max_length=22)
    uscc: str = Field(foreign_key="enterprise.uscc", index=True)
    site_name: str
    current_version: int
    created_at: datetime = Field(sa_type=timestamp())


class PermitVersion(PermitsTable, table=True):
    """What the permit says from `valid_from` to `valid_to`, both included."""

    __tablename__ = "permit_version"

    id: uuid.UUID = Field(primary_key=True)
    permit_id: uuid.UUID = Field(foreign_key="permit.id")
    version: int
    management_class: str
    industry_code: str
    valid_from: date
    valid_to: date
    issued_on: date
    reporting: dict[str, Any] = Field(sa_type=json_document())
    created_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.UniqueConstraint("permit_id", "version"),
        sa.CheckConstraint("valid_from <= valid_to", name="validity"),
        sa.CheckConstraint("management_class IN ('key', 'simplified')", name="management_class"),
    )


class Outlet(PermitsTable, table=True):
    """A discharge outlet (排放口): DA001 to air, DW001 to water (HJ 608-2017)."""

    __tablename__ = "outlet"

    id: uuid.UUID = Field(primary_key=True)
    permit_version_id: uuid.UUID = Field(foreign_key="permit_version.id")
    code: str
    name: str
    medium: str
    kind: str

    __table_args__ = (
        sa.UniqueConstraint("permit_version_id", "code"),
        sa.CheckConstraint("medium IN ('air', 'water')", name="medium"),
        sa.CheckConstraint("kind IN ('main', 'general')", name="kind"),
    )


class EmissionLimit(PermitsTable, table=True):
    """One permitted value (许可排放限值) of one pollutant at one outlet. No row means no limit, never zero."""

    __tablename__ = "emission_limit"

    id: uuid.UUID = Field(primary_key=True)
    outlet_id: uuid.UUID = Field(foreign_key="outlet.id")
    pollutant_code: str
    pollutant_name: str
    kind: str
    value: Decimal = Field(sa_type=exact())
    unit: str
    valid_from: date
    valid_to: date | None = None
    standard: str

    __table_args__ = (
        sa.UniqueConstraint("outlet_id", "pollutant_code", "kind", "valid_from"),
        sa.CheckConstraint(
            "kind IN ('hourly_concentration', 'daily_concentration', 'annual_amount')", name="kind"
        ),
        sa.CheckConstraint("value >= 0", name="value"),
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="validity"),
    )
