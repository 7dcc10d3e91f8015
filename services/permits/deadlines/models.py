"""That a period ends soon, or is over, was told: each step once for each last day."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import timestamp
from services.permits.models import PermitsTable


class DeadlineNotice(PermitsTable, table=True):
    """`subject_id` is what the period is of: a proposal to end a permit, a request for a certificate, a report that
    was verified, a permit, a registration."""

    __tablename__ = "deadline_notice"

    subject_id: uuid.UUID = Field(primary_key=True)
    period: str = Field(primary_key=True)
    deadline: date = Field(primary_key=True)
    step: str = Field(primary_key=True)
    noticed_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint(
            "period IN ('statement', 'hearing_request', 'hearing', 'replacement', 'feedback', 'permit', "
            "'registration')",
            name="period",
        ),
        sa.CheckConstraint("step = 'unapplied' OR step = 'over' OR step LIKE 'ahead\\_%'", name="step"),
    )
