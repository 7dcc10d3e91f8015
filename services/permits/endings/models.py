"""Ends of permits (撤销, 撤回, 吊销, 注销): what was proposed, and what was decided on it.

Nothing here is ever changed: the database refuses it. A proposal without a decision is open.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import json_document, timestamp
from services.permits.models import PermitsTable


class EndingProposal(PermitsTable, table=True):
    """That a permit be ended, on which ground and why, as a reviewer proposes it."""

    __tablename__ = "ending_proposal"

    id: uuid.UUID = Field(primary_key=True)
    permit_id: uuid.UUID = Field(foreign_key="permit.id", index=True)
    permit_number: str
    uscc: str
    kind: str
    ground: str
    article: str
    reason: str
    proposed_by: str
    proposed_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("kind IN ('annulled', 'withdrawn', 'revoked', 'cancelled')", name="kind"),
        sa.Index("ix_ending_proposal_uscc_id", "uscc", "id"),
    )


class EndingDecision(PermitsTable, table=True):
    """What an approver decided on one proposal: the permit ends by a document on a day, or it does not."""

    __tablename__ = "ending_decision"

    proposal_id: uuid.UUID = Field(primary_key=True, foreign_key="ending_proposal.id")
    decision: str
    document_number: str | None = None
    effective_on: date | None = None
    barred_since: date | None = None
    barred_until: date | None = None
    comment: str | None = None
    decided_by: str
    decided_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("decision IN ('approve', 'reject')", name="decision"),
        sa.CheckConstraint(
            "(decision = 'approve') = (document_number IS NOT NULL AND effective_on IS NOT NULL)",
            name="approved",
        ),
        sa.CheckConstraint("(barred_since IS NULL) = (barred_until IS NULL)", name="barred"),
        sa.CheckConstraint("barred_since IS NULL OR decision = 'approve'", name="bar_of_approved"),
        sa.CheckConstraint("barred_since <= barred_until", name="bar_order"),
    )


class EndingStep(PermitsTable, table=True):
    """One step before the decision: what was said, by whom, and the sealed document of it."""

    __tablename__ = "ending_step"

    id: uuid.UUID = Field(primary_key=True)
    proposal_id: uuid.UUID = Field(foreign_key="ending_proposal.id")
    revision: int
    step: str
    state: str
    taken_on: date
    taken_at: datetime = Field(sa_type=timestamp())
    taken_by: str
    detail: dict[str, Any] = Field(sa_type=json_document())
    document: dict[str, Any] = Field(sa_type=json_document())
    document_sha256: str
    receipt_id: str = Field(unique=True)
    receipt_jws: str

    __table_args__ = (
        sa.UniqueConstraint("proposal_id", "revision"),
        sa.CheckConstraint(
            "step IN ('notify', 'state', 'request_hearing', 'withdraw_request', 'call_hearing', "
            "'record_hearing')",
            name="step",
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'notified', 'hearing_requested', 'hearing_called', 'heard')", name="state"
        ),
    )
