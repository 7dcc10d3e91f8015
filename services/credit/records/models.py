"""Credit records (信用记录). Until it is approved a record is a draft of the office; then the database freezes it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlmodel import Field

from services.credit.models import CreditTable
from services.kit.database import exact, timestamp


class Record(CreditTable, table=True):
    """One fact about one enterprise, with its four dates.

    When it happened (`act_date`), when it was decided (`decision_date`), when it counts (`effective_from`,
    `effective_to`, by the rules of its day) and when the ledger came to know it (`recorded_at`).
    """

    __tablename__ = "credit_record"

    id: uuid.UUID = Field(primary_key=True)
    uscc: str = Field(max_length=18)
    site: str | None = Field(default=None, max_length=22)
    kind: str
    severity: str | None = None
    severity_basis: str | None = None
    source: str
    source_key: str
    document_number: str
    document_key: str
    summary: str
    fine_cny: Decimal | None = Field(default=None, sa_type=exact())
    act_date: date
    decision_date: date
    clause: str | None = None
    points: Decimal = Field(sa_type=exact())
    effective_from: date
    effective_to: date | None = None
    rule_pack: str
    rule_hash: str = Field(foreign_key="rule_pack.sha256")
    candidate_id: uuid.UUID | None = Field(default=None, foreign_key="candidate.id", unique=True)
    state: str
    version: int = 1
    entered_by: str
    entered_at: datetime = Field(sa_type=timestamp())
    submitted_by: str | None = None
    submitted_at: datetime | None = Field(default=None, sa_type=timestamp())
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=timestamp())
    decision_comment: str | None = None
    recorded_at: datetime | None = Field(default=None, sa_type=timestamp())
    log_index: int | None = Field(
        default=None, sa_type=sa.BigInteger, foreign_key="log_entry.index", unique=True
    )

    __table_args__ = (
        sa.UniqueConstraint("source_key", "document_key", "uscc"),
        sa.CheckConstraint("kind IN ('compliance', 'violation', 'commendation', 'incident')", name="kind"),
        sa.CheckConstraint("severity IN ('minor', 'general', 'serious')", name="severity"),
        sa.CheckConstraint("(severity IS NULL) = (severity_basis IS NULL)", name="severity_basis"),
        sa.CheckConstraint("state IN ('draft', 'pending', 'approved', 'rejected')", name="state"),
        sa.CheckConstraint("act_date <= decision_date", name="dates"),
        sa.CheckConstraint("effective_to IS NULL OR effective_from <= effective_to", name="validity"),
        sa.CheckConstraint(
            "(state = 'approved') = (log_index IS NOT NULL) AND (log_index IS NULL) = (recorded_at IS NULL)",
            name="admitted",
        ),
        sa.CheckConstraint(
            "state <> 'approved' OR (decided_by <> entered_by AND decided_by <> submitted_by)",
            name="four_eyes",
        ),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.Index("ix_credit_record_uscc_log_index", "uscc", "log_index"),
        sa.Index("ix_credit_record_state_id", "state", "id"),
    )
