"""The second factor of an account, and the codes for when it is lost."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from gateway.identity.models import GatewayTable
from services.kit.database import timestamp


class SecondFactor(GatewayTable, table=True):
    """A secret that an authenticator app shares: the one that holds, and one that waits to be confirmed."""

    __tablename__ = "second_factor"

    account_id: uuid.UUID = Field(primary_key=True, foreign_key="account.id")
    sealed: bytes | None = None
    pending: bytes | None = Field(default=None, description="sealed; replaces the other once confirmed")
    last_step: int = Field(sa_type=sa.BigInteger, description="no code of this step or before is accepted")
    confirmed_at: datetime | None = Field(default=None, sa_type=timestamp())

    __table_args__ = (sa.CheckConstraint("(sealed IS NULL) = (confirmed_at IS NULL)", name="confirmed"),)


class RecoveryCode(GatewayTable, table=True):
    """A code that stands for the second factor once. 80 bits of chance, so a fast keyed digest is enough."""

    __tablename__ = "recovery_code"

    digest: str = Field(primary_key=True, description="HMAC-SHA-256 with the account's id")
    account_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    used_at: datetime | None = Field(default=None, sa_type=timestamp())
