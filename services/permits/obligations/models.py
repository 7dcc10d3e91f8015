"""Dated duties to report that follow from a permit, notices that moved their days, and who was told of them."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from services.kit.database import timestamp
from services.permits.models import PermitsTable


class Obligation(PermitsTable, table=True):
    """One report that one permit owes for one period, or would owe: `standing` and `reason` say why it does not.

    `report_id` and `reported_on` are set by the report that answers it; one that the enterprise says was not its own
    answers nothing, and is `repudiated_report_id` until a version is signed anew. `covered_by` is the one whose report
    holds what this one would have said.
    """

    __tablename__ = "obligation"

    id: uuid.UUID = Field(primary_key=True)
    permit_id: uuid.UUID = Field(foreign_key="permit.id")
    permit_number: str
    uscc: str
    kind: str
    period_start: date
    period_end: date
    due_on: date
    due_basis: str
    basis: str
    standing: str = "owed"
    reason: str | None = None
    covered_by: uuid.UUID | None = Field(default=None, foreign_key="obligation.id")
    report_id: uuid.UUID | None = Field(default=None, unique=True)
    reported_on: date | None = None
    repudiated_report_id: uuid.UUID | None = None
    created_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.UniqueConstraint("permit_id", "kind", "period_start"),
        sa.Index("ix_obligation_uscc_period_end", "uscc", "period_end", "id"),
        sa.Index("ix_obligation_period_end", "period_end", "id"),
        sa.Index(
            "ix_obligation_tally",
            *("period_end", "kind", "due_on", "reported_on"),
            postgresql_where=sa.text("standing = 'owed'"),
        ),
        sa.Index(
            "ix_obligation_unreported",
            "due_on",
            "uscc",
            postgresql_where=sa.text("report_id IS NULL AND standing = 'owed'"),
        ),
        sa.CheckConstraint("kind IN ('monthly', 'quarterly', 'half_yearly', 'annual')", name="kind"),
        sa.CheckConstraint("standing IN ('owed', 'waived', 'merged', 'void')", name="standing"),
        sa.CheckConstraint("(standing = 'owed') = (reason IS NULL)", name="reason"),
        sa.CheckConstraint("covered_by IS NULL OR standing IN ('waived', 'merged')", name="covered_by"),
        sa.CheckConstraint("report_id IS NULL OR standing = 'owed'", name="reported_standing"),
        sa.CheckConstraint("(report_id IS NULL) = (reported_on IS NULL)", name="reported"),
        sa.CheckConstraint("report_id IS NULL OR repudiated_report_id IS NULL", name="repudiated"),
        sa.CheckConstraint("period_start < period_end AND period_end < due_on", name="order"),
    )


class DueOverride(PermitsTable, table=True):
    """A notice of the bureau that gives the reports of one period another due day. Never changed: a newer one wins."""

    __tablename__ = "due_override"

    id: uuid.UUID = Field(primary_key=True)
    kind: str
    period_end: date
    industry_codes: list[str] = Field(sa_type=ARRAY(sa.String()))
    due_on: date
    source: str
    noticed_on: date
    moved: int
    added_by: str
    added_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.Index("ix_due_override_kind_period_end", "kind", "period_end"),
        sa.CheckConstraint("kind IN ('monthly', 'quarterly', 'half_yearly', 'annual')", name="kind"),
        sa.CheckConstraint("period_end < due_on", name="order"),
    )


class ObligationNotice(PermitsTable, table=True):
    """Somebody was reminded of a report, or told that it is late: each step once for each due day."""

    __tablename__ = "obligation_notice"

    obligation_id: uuid.UUID = Field(primary_key=True, foreign_key="obligation.id")
    step: str = Field(primary_key=True)
    due_on: date = Field(primary_key=True)
    level: str
    days: int
    noticed_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("level IN ('enterprise', 'reviewer', 'inspector')", name="level"),
        sa.CheckConstraint("days < 0 OR step LIKE 'late%'", name="days"),
    )


class SamplingNotice(PermitsTable, table=True):
    """Somebody was told of samples that are to be taken or are missing: each step once for each window of a plan."""

    __tablename__ = "sampling_notice"

    id: uuid.UUID = Field(primary_key=True)
    permit_number: str
    uscc: str
    place: str
    pollutant_code: str
    first: date
    last: date
    basis: str
    wanted: int
    taken: int
    step: str
    level: str
    days: int
    noticed_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.UniqueConstraint(
            *("permit_number", "place", "pollutant_code", "first", "last", "basis", "step"),
            name="uq_sampling_notice_window",
        ),
        sa.Index("ix_sampling_notice_uscc", "uscc", "id"),
        sa.CheckConstraint("level IN ('enterprise', 'reviewer', 'inspector')", name="level"),
        sa.CheckConstraint("first <= last", name="order"),
        sa.CheckConstraint("0 <= taken AND taken < wanted", name="missing"),
    )
