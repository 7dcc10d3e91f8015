"""Attempts to sign in, by name and by address. In the database: a restart forgives nothing, and gateways share it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from gateway.identity.models import GatewayTable
from services.kit.database import timestamp


class SignInTries(GatewayTable, table=True):
    """What is counted for one name or address. `key` is a digest: a name may be a mistyped password."""

    __tablename__ = "sign_in_tries"

    key: str = Field(primary_key=True)
    count: int
    last_at: datetime = Field(sa_type=timestamp(), index=True)
    blocked_until: datetime = Field(sa_type=timestamp())
