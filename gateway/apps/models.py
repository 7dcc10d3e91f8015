"""The codes that are under way to apps."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from gateway.identity.models import GatewayTable
from services.kit.database import timestamp


class AuthorizationCode(GatewayTable, table=True):
    """One code: presented once, within a minute, by the app and with the verifier that it was made for."""

    __tablename__ = "authorization_code"

    sha256: str = Field(primary_key=True)
    client_id: str = Field(foreign_key="app.client_id")
    session_id: uuid.UUID = Field(foreign_key="account_session.id", index=True)
    redirect_uri: str
    scopes: list[str] = Field(sa_type=sa.ARRAY(sa.Text()))
    code_challenge: str
    issued_at: datetime = Field(sa_type=timestamp())
    expires_at: datetime = Field(sa_type=timestamp())
    presented_at: datetime | None = Field(default=None, sa_type=timestamp())
