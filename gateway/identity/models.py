"""Accounts of people, clients of systems, apps of others, and the refresh tokens of people."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from services.kit.database import new_metadata, timestamp


class GatewayTable(SQLModel, registry=registry(metadata=new_metadata())):
    """Base class of the gateway's tables."""


class Department(GatewayTable, table=True):
    """A department of the bureau, that its staff belong to."""

    __tablename__ = "department"

    code: str = Field(primary_key=True)
    name: str
    created_at: datetime = Field(sa_type=timestamp())


class Account(GatewayTable, table=True):
    """A person who signs in with a password, for enterprises (`usccs`) or for the bureau (`roles`)."""

    __tablename__ = "account"

    id: uuid.UUID = Field(primary_key=True)
    login: str = Field(unique=True)
    name: str
    password_hash: str = Field(description="argon2id")
    roles: list[str] = Field(sa_type=sa.ARRAY(sa.Text()))
    usccs: list[str] = Field(sa_type=sa.ARRAY(sa.Text()))
    department: str | None = Field(default=None, foreign_key="department.code", index=True)
    created_at: datetime = Field(sa_type=timestamp())
    disabled_at: datetime | None = Field(default=None, sa_type=timestamp())
    password_changed_at: datetime | None = Field(default=None, sa_type=timestamp())
    password_temporary: bool = Field(
        default=False, description="set by an administrator: good for setting one's own and nothing else"
    )

    __table_args__ = (sa.CheckConstraint("login = lower(login)", name="login"),)


class Client(GatewayTable, table=True):
    """A system that signs in with its own secret (OAuth 2.0 client credentials)."""

    __tablename__ = "client"

    client_id: str = Field(primary_key=True)
    name: str
    secret_sha256: str = Field(description="of a random 256-bit secret, so no slow hash is needed")
    scopes: list[str] = Field(sa_type=sa.ARRAY(sa.Text()))
    usccs: list[str] = Field(sa_type=sa.ARRAY(sa.Text()))
    every_enterprise: bool = False
    purposes: list[str] = Field(
        sa_type=sa.ARRAY(sa.Text()),
        default_factory=list,
        description="codes of `services.kit.purposes`: what it was registered to read unpublished data for",
    )
    of_installation: bool = Field(
        default=False, description="one of Steppe's own services, that reads what its neighbours write"
    )
    created_at: datetime = Field(sa_type=timestamp())
    disabled_at: datetime | None = Field(default=None, sa_type=timestamp())


class App(GatewayTable, table=True):
    """An app that may send people here to sign in. It has no secret (RFC 8252 8.5): PKCE binds its codes."""

    __tablename__ = "app"

    client_id: str = Field(primary_key=True)
    name: str
    redirect_uris: list[str] = Field(sa_type=sa.ARRAY(sa.Text()), description="compared as they stand")
    scopes: list[str] = Field(sa_type=sa.ARRAY(sa.Text()), description="the most that it may ask for")
    created_at: datetime = Field(sa_type=timestamp())
    disabled_at: datetime | None = Field(default=None, sa_type=timestamp())


class RefreshToken(GatewayTable, table=True):
    """One refresh token: used once, replaced by the next of its family. Only its hash is kept.

    `scopes` are those that were granted at sign-in: a refresh never gives more (RFC 6749 6).
    """

    __tablename__ = "refresh_token"

    id: uuid.UUID = Field(primary_key=True)
    family: uuid.UUID = Field(foreign_key="account_session.id", index=True)
    account_id: uuid.UUID = Field(foreign_key="account.id", index=True)
    sha256: str = Field(unique=True)
    scopes: list[str] = Field(sa_type=sa.ARRAY(sa.Text()))
    issued_at: datetime = Field(sa_type=timestamp())
    expires_at: datetime = Field(sa_type=timestamp())
    used_at: datetime | None = Field(default=None, sa_type=timestamp())
    revoked_at: datetime | None = Field(default=None, sa_type=timestamp())
