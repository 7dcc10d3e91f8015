"""The register of units that generate, carry or take in waste (产废单位, 运输单位, 接收单位)."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import timestamp
from services.waste.models import WasteTable


class Unit(WasteTable, table=True):
    """One legal unit, known by its unified social credit code, with all that it does."""

    __tablename__ = "unit"

    id: uuid.UUID = Field(primary_key=True)
    uscc: str = Field(unique=True, max_length=18)
    name: str
    kinds: list[str] = Field(sa_type=sa.ARRAY(sa.Text()))
    region_code: str = Field(max_length=6)
    address: str
    contact: str
    phone: str
    emergency_phone: str
    transport_licence: str | None = None
    version: int = 1
    created_at: datetime = Field(sa_type=timestamp())
    updated_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint(
            "cardinality(kinds) > 0 AND kinds <@ ARRAY['generator', 'carrier', 'receiver', 'hospital']",
            name="kinds",
        ),
        sa.CheckConstraint(
            "transport_licence IS NOT NULL OR NOT 'carrier' = ANY (kinds)", name="transport_licence"
        ),
        sa.CheckConstraint("version >= 1", name="version"),
    )
