"""Candidates (待认定信息): facts of the other services that may become records."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.credit.models import CreditTable
from services.kit.database import json_document, timestamp


class Candidate(CreditTable, table=True):
    """One event of a neighbour's feed, once: `source` and `source_event_id` are the event's own (CloudEvents)."""

    __tablename__ = "candidate"

    id: uuid.UUID = Field(primary_key=True)
    source: str
    source_event_id: str
    event_type: str
    evidence: str
    uscc: str = Field(max_length=18)
    suggested_kind: str
    happened_on: date
    facts: dict[str, Any] = Field(sa_type=json_document())
    received_at: datetime = Field(sa_type=timestamp())
    state: str
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=timestamp())
    reason: str | None = None
    contradicted_by: str | None = None
    """Path of what its source decided since: that it is not so."""
    contradicted_at: datetime | None = Field(default=None, sa_type=timestamp())

    __table_args__ = (
        sa.UniqueConstraint("source", "source_event_id"),
        sa.CheckConstraint("state IN ('open', 'recorded', 'dismissed')", name="state"),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided"),
        sa.CheckConstraint("(state = 'dismissed') = (reason IS NOT NULL)", name="reason"),
        sa.CheckConstraint("(contradicted_by IS NULL) = (contradicted_at IS NULL)", name="contradicted"),
        sa.Index("ix_candidate_state_id", "state", "id"),
        sa.Index("ix_candidate_uscc_state", "uscc", "state"),
    )
