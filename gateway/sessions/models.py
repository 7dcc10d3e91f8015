"""The sign-ins of people. A session is also the family of its refresh tokens."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from gateway.identity.models import GatewayTable
from services.kit.database import timestamp


class AccountSession(GatewayTable, table=True):
    """One sign-in of one person, from the password to its end. Its id is the claim `sid` of its access tokens."""

    __tablename__ = "account_session"

    id: uuid.UUID = Field(primary_key=True)
    account_id: uuid.UUID = Field(foreign_key="account.id")
    begun_at: datetime = Field(sa_type=timestamp())
    last_used_at: datetime = Field(sa_type=timestamp(), description="the sign-in or its newest refresh")
    expires_at: datetime = Field(sa_type=timestamp())
    address: str | None = Field(default=None, description="of the sign-in")
    client: str | None = Field(default=None, description="User-Agent of the sign-in, shortened")
    second_factor: bool = Field(description="whether a one-time code was given")
    app: str | None = Field(
        default=None,
        foreign_key="app.client_id",
        description="the app that it is for; none: this system's own",
    )
    ended_at: datetime | None = Field(default=None, sa_type=timestamp())
    ended_because: str | None = None

    __table_args__ = (
        sa.CheckConstraint("(ended_at IS NULL) = (ended_because IS NULL)", name="ended"),
        sa.Index("ix_account_session_account_id", "account_id", "id"),
        sa.Index("ix_account_session_ended_at", "ended_at", postgresql_where=sa.text("ended_at IS NOT NULL")),
        sa.Index("ix_account_session_expires_at", "expires_at", postgresql_where=sa.text("ended_at IS NULL")),
    )
