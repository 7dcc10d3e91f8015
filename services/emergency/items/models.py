"""Items of emergency supplies (环境应急物资和装备)."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from services.emergency.models import EmergencyTable
from services.kit.database import timestamp


class Item(EmergencyTable, table=True):
    """One kind of goods, counted in one unit. `perishable` goods come in lots that expire (报废日期)."""

    __tablename__ = "item"

    id: uuid.UUID = Field(primary_key=True)
    code: str = Field(unique=True)
    name: str
    category: str
    specification: str | None = None
    unit: str
    perishable: bool
    created_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint(
            "category IN ('source_cutoff', 'pollutant_control', 'pollutant_collection', "
            "'pollutant_degradation', 'safety_protection', 'communication_command', "
            "'environmental_monitoring')",
            name="category",
        ),
        sa.CheckConstraint(
            "unit IN ('piece', 'set', 'machine', 'bag', 'roll', 'pair', 'vehicle', 'm', 'm2', 'L', 'kg')",
            name="unit",
        ),
    )
