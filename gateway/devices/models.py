"""Devices and their keys. A device stays the same while its keys change."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from gateway.identity.models import GatewayTable
from services.kit.database import timestamp


class Device(GatewayTable, table=True):
    """A scale, a scanner or a monitoring box of one enterprise. `changed_at` tells gateways what to read again."""

    __tablename__ = "device"

    id: uuid.UUID = Field(primary_key=True)
    uscc: str
    name: str
    scopes: list[str] = Field(sa_type=sa.ARRAY(sa.Text()))
    sites: list[str] | None = Field(
        default=None, sa_type=sa.ARRAY(sa.Text()), description="permit numbers; NULL: all of the enterprise"
    )
    created_by: str
    created_at: datetime = Field(sa_type=timestamp())
    changed_at: datetime = Field(sa_type=timestamp(), index=True)
    revoked_at: datetime | None = Field(default=None, sa_type=timestamp())
    last_used_at: datetime | None = Field(default=None, sa_type=timestamp(), description="to the minute")

    __table_args__ = (sa.Index("ix_device_uscc_id", "uscc", "id"),)


class DeviceKey(GatewayTable, table=True):
    """One key. 238 bits of chance, so a keyed digest that costs a microsecond is as safe as a slow hash."""

    __tablename__ = "device_key"

    digest: str = Field(primary_key=True, description="HMAC-SHA-256")
    device_id: uuid.UUID = Field(foreign_key="device.id", index=True)
    hint: str = Field(description="the beginning of the key")
    issued_at: datetime = Field(sa_type=timestamp())
    expires_at: datetime | None = Field(default=None, sa_type=timestamp())
