"""Depots of emergency supplies (环境应急物资储备库)."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Field

from services.emergency.models import EmergencyTable
from services.kit.database import exact, timestamp


class Depot(EmergencyTable, table=True):
    """One store of emergency supplies. Its id is also that of its account in the stock ledger."""

    __tablename__ = "depot"

    id: uuid.UUID = Field(primary_key=True, foreign_key="location.id")
    code: str = Field(unique=True)
    name: str
    kind: str
    keeper_uscc: str = Field(max_length=18)
    region_code: str = Field(max_length=6)
    address: str
    longitude: Decimal = Field(sa_type=exact())
    latitude: Decimal = Field(sa_type=exact())
    crs: str = Field(default="CGCS2000")
    contact: str
    phone: str
    created_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("kind IN ('government', 'entrusted', 'agreement')", name="kind"),
        sa.CheckConstraint("crs = 'CGCS2000'", name="crs"),
    )
