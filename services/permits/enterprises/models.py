"""The register of polluting enterprises (排污单位)."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import exact, timestamp
from services.permits.models import PermitsTable


class Enterprise(PermitsTable, table=True):
    """One legal unit, known by its unified social credit code (统一社会信用代码, GB 32100-2015)."""

    __tablename__ = "enterprise"

    id: uuid.UUID = Field(primary_key=True)
    uscc: str = Field(unique=True, max_length=18)
    name: str
    region_code: str = Field(max_length=6, index=True)
    industry_code: str = Field(max_length=5)
    address: str
    longitude: Decimal | None = Field(default=None, sa_type=exact())
    latitude: Decimal | None = Field(default=None, sa_type=exact())
    crs: str = Field(default="CGCS2000")
    management_class: str
    automatic_monitoring: bool = False
    legal_representative: str
    version: int = 1
    created_at: datetime = Field(sa_type=timestamp())
    updated_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint(
            "management_class IN ('key', 'simplified', 'registration')", name="management_class"
        ),
        sa.CheckConstraint("crs = 'CGCS2000'", name="crs"),
        sa.CheckConstraint("version >= 1", name="version"),
    )
