"""Medical waste bags and their scans. Scans are never changed: the database refuses it."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import exact, timestamp
from services.waste.models import WasteTable


class MedicalBag(WasteTable, table=True):
    """One bag or box, known by the code printed on it; mass in kg."""

    __tablename__ = "medical_bag"

    id: uuid.UUID = Field(primary_key=True)
    code: str = Field(unique=True, max_length=40)
    hospital_uscc: str = Field(foreign_key="unit.uscc")
    department: str | None = None
    kind: str
    waste_code: str
    mass_kg: Decimal = Field(sa_type=exact())
    state: str
    carrier_uscc: str | None = None
    plant_uscc: str | None = None
    registered_by: str
    registered_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint(
            "kind IN ('infectious', 'sharps', 'pathological', 'pharmaceutical', 'chemical')", name="kind"
        ),
        sa.CheckConstraint("state IN ('registered', 'stored', 'collected', 'delivered')", name="state"),
        sa.CheckConstraint("mass_kg > 0", name="mass_kg"),
        sa.Index("ix_medical_bag_hospital", "hospital_uscc", "id"),
    )


class MedicalScan(WasteTable, table=True):
    """One bag seen at one place: by the handheld's clock and by ours."""

    __tablename__ = "medical_scan"

    id: uuid.UUID = Field(primary_key=True)
    bag_id: uuid.UUID = Field(foreign_key="medical_bag.id")
    place: str
    uscc: str = Field(foreign_key="unit.uscc")
    plate: str | None = None
    scanned_at: datetime = Field(sa_type=timestamp())
    received_at: datetime = Field(sa_type=timestamp())
    scanner: str

    __table_args__ = (
        sa.UniqueConstraint("bag_id", "place"),
        sa.CheckConstraint("place IN ('clinic', 'vehicle', 'plant')", name="place"),
        sa.CheckConstraint("(place = 'vehicle') = (plate IS NOT NULL)", name="plate"),
    )
