"""Hazardous-waste business licences (危险废物经营许可证): what the holder may take in, how, and how much a year.

Groups are never changed: the database refuses it.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import exact, timestamp
from services.waste.models import WasteTable


class Licence(WasteTable, table=True):
    """One licence of one holder."""

    __tablename__ = "licence"

    id: uuid.UUID = Field(primary_key=True)
    licence_number: str = Field(unique=True, max_length=30)
    holder_uscc: str = Field(foreign_key="unit.uscc", index=True)
    kind: str
    modes: list[str] = Field(sa_type=sa.ARRAY(sa.Text()))
    issued_by: str
    issued_on: date
    valid_from: date
    valid_to: date
    created_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("kind IN ('comprehensive', 'collection')", name="kind"),
        sa.CheckConstraint(
            "cardinality(modes) > 0 AND modes <@ ARRAY['collect', 'store', 'recycle', 'dispose']",
            name="modes",
        ),
        sa.CheckConstraint("valid_from <= valid_to", name="validity"),
    )


class LicenceGroup(WasteTable, table=True):
    """Categories and codes that share one yearly scale (年经营规模), in kg."""

    __tablename__ = "licence_group"

    id: uuid.UUID = Field(primary_key=True)
    licence_id: uuid.UUID = Field(foreign_key="licence.id")
    position: int
    name: str
    codes: list[str] = Field(sa_type=sa.ARRAY(sa.Text()))
    yearly_scale_kg: Decimal = Field(sa_type=exact())

    __table_args__ = (
        sa.UniqueConstraint("licence_id", "position"),
        sa.CheckConstraint("cardinality(codes) > 0", name="codes"),
        sa.CheckConstraint("yearly_scale_kg > 0", name="yearly_scale_kg"),
    )
