"""People whom a foreign issuer vouches for, and the tokens that were used up."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from gateway.identity.models import GatewayTable
from services.kit.database import timestamp


class ExternalIdentity(GatewayTable, table=True):
    """A person of an issuer. The id is the `sub` of our tokens; what may be done is asked of each token anew."""

    __tablename__ = "external_identity"

    id: uuid.UUID = Field(primary_key=True)
    issuer: str
    subject: str
    name: str
    roles: list[str] = Field(sa_type=sa.ARRAY(sa.Text()))
    usccs: list[str] = Field(sa_type=sa.ARRAY(sa.Text()))
    department: str | None = None
    first_seen_at: datetime = Field(sa_type=timestamp())
    last_seen_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (sa.UniqueConstraint("issuer", "subject"),)


class UsedToken(GatewayTable, table=True):
    """A foreign token that was exchanged: not again. Dropped once no clock would take it any more."""

    __tablename__ = "used_token"

    sha256: str = Field(primary_key=True, description="of the issuer and the jti, or of a token without one")
    expires_at: datetime = Field(sa_type=timestamp(), index=True)
