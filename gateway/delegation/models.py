"""Delegations: who may act in an enterprise's name, how far and until when."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from gateway.identity.models import GatewayTable
from services.kit.database import timestamp


class Delegation(GatewayTable, table=True):
    """One mandate from one enterprise to one agent. `version` counts every step; tokens name it, so that a step ends
    those of before. `sites` are permit numbers; NULL is all of the enterprise."""

    __tablename__ = "delegation"

    id: uuid.UUID = Field(primary_key=True)
    uscc: str
    rights: list[str] = Field(sa_type=sa.ARRAY(sa.Text()))
    sites: list[str] | None = Field(default=None, sa_type=sa.ARRAY(sa.Text()))
    valid_until: date | None = None
    note: str | None = None
    state: str
    version: int
    invited_by: str
    invited_at: datetime = Field(sa_type=timestamp())
    answer_until: date
    invited_login: str | None = Field(default=None, description="as it was typed; it may be nobody's")
    agent_id: uuid.UUID | None = Field(default=None, foreign_key="account.id", index=True)
    code_sha256: str | None = Field(
        default=None, unique=True, description="of the one-time code, until it is used"
    )
    answered_at: datetime | None = Field(default=None, sa_type=timestamp())
    ended_at: datetime | None = Field(default=None, sa_type=timestamp())
    ended_by: str | None = None
    reason: str | None = None
    changed_at: datetime = Field(sa_type=timestamp(), index=True)

    __table_args__ = (
        sa.CheckConstraint(
            "state IN ('invited', 'active', 'declined', 'withdrawn', 'resigned')", name="state"
        ),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("cardinality(rights) > 0 AND cardinality(sites) > 0", name="extent"),
        sa.CheckConstraint("state <> 'active' OR agent_id IS NOT NULL", name="agent"),
        sa.CheckConstraint("(state IN ('invited', 'active')) = (ended_at IS NULL)", name="ended"),
        sa.CheckConstraint("state = 'invited' OR code_sha256 IS NULL", name="code"),
        sa.Index("ix_delegation_uscc_id", "uscc", "id"),
    )
