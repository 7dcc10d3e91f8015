"""Key emitters and their greenhouse-gas reports: a report has versions, each with its sheet, its facts and its receipt.

Versions, the facts they rest on, steps and notices are never changed: the database refuses it.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import exact, json_document, timestamp
from services.permits.models import PermitsTable


class GreenhouseUnit(PermitsTable, table=True):
    """An enterprise on the list of key emitters (重点排放单位名录) of a year."""

    __tablename__ = "greenhouse_unit"

    uscc: str = Field(primary_key=True, foreign_key="enterprise.uscc")
    year: int = Field(primary_key=True)
    sector: str
    basis: str
    listed_by: str
    listed_at: datetime = Field(sa_type=timestamp())


class EmitterNotice(PermitsTable, table=True):
    """Somebody was reminded of an emitter's report, or told that it is late: each step once for each due day."""

    __tablename__ = "emitter_notice"

    uscc: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    due_on: date = Field(primary_key=True)
    step: str = Field(primary_key=True)
    level: str
    noticed_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["uscc", "year"], ["greenhouse_unit.uscc", "greenhouse_unit.year"], name="fk_emitter_notice_unit"
        ),
        sa.CheckConstraint("level IN ('enterprise', 'reviewer', 'inspector')", name="level"),
        sa.CheckConstraint("step LIKE 'ahead\\_%' OR step LIKE 'late\\_%'", name="step"),
    )


class GreenhouseReport(PermitsTable, table=True):
    """The report of one emitter for one year, and where it is; its content is in its versions."""

    __tablename__ = "greenhouse_report"

    id: uuid.UUID = Field(primary_key=True)
    uscc: str
    year: int
    state: str
    version: int
    total_t: Decimal = Field(sa_type=exact())
    due_on: date
    days_late: int
    keep_until: date
    first_submitted_on: date
    stood_on: date
    """The day of the newest step: the next one is not earlier."""
    forwarded_on: date | None = None
    verification_ended_on: date | None = None
    conclusion: str | None = None
    verified_t: Decimal | None = Field(default=None, sa_type=exact())
    feedback_due_on: date | None = None
    feedback_provisional: bool = False
    fed_back_on: date | None = None
    updated_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.UniqueConstraint("uscc", "year"),
        sa.ForeignKeyConstraint(["uscc", "year"], ["greenhouse_unit.uscc", "greenhouse_unit.year"]),
        sa.CheckConstraint(
            "state IN ('submitted', 'returned', 'forwarded', 'verified', 'fed_back')", name="state"
        ),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint(
            "(state IN ('verified', 'fed_back')) = (verification_ended_on IS NOT NULL)", name="verified"
        ),
        sa.CheckConstraint(
            "(verification_ended_on IS NULL) = (feedback_due_on IS NULL) AND "
            "(verification_ended_on IS NULL) = (verified_t IS NULL) AND "
            "(verification_ended_on IS NULL) = (conclusion IS NULL)",
            name="verification",
        ),
        sa.CheckConstraint("conclusion IN ('conforms', 'corrected')", name="conclusion"),
        sa.CheckConstraint("(state = 'fed_back') = (fed_back_on IS NOT NULL)", name="fed_back"),
        sa.CheckConstraint("forwarded_on <= verification_ended_on", name="forwarded_first"),
        sa.CheckConstraint("verification_ended_on <= fed_back_on", name="verified_first"),
    )


class GreenhouseVersion(PermitsTable, table=True):
    """One submission, as it was signed: the document, the sheet that was worked out, and the receipt."""

    __tablename__ = "greenhouse_version"

    id: uuid.UUID = Field(primary_key=True)
    report_id: uuid.UUID = Field(foreign_key="greenhouse_report.id")
    version: int
    document: dict[str, Any] = Field(sa_type=json_document())
    document_sha256: str
    sheet: dict[str, Any] = Field(sa_type=json_document())
    total_t: Decimal = Field(sa_type=exact())
    reason: str | None = None
    submitted_by: str
    submitted_at: datetime = Field(sa_type=timestamp())
    receipt_id: str = Field(unique=True)
    receipt_jws: str

    __table_args__ = (
        sa.UniqueConstraint("report_id", "version"),
        sa.CheckConstraint("(version = 1) = (reason IS NULL)", name="reason"),
    )


class GreenhouseFact(PermitsTable, table=True):
    """A fuel fact in the version that a signed report rests on, whatever it is corrected to later."""

    __tablename__ = "greenhouse_fact"

    version_id: uuid.UUID = Field(primary_key=True, foreign_key="greenhouse_version.id")
    fact_id: uuid.UUID = Field(primary_key=True)
    fact_version: int

    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["fact_id", "fact_version"], ["fuel_fact_version.fact_id", "fuel_fact_version.version"]
        ),
        sa.Index("ix_greenhouse_fact_fact_id", "fact_id"),
    )


class GreenhouseStep(PermitsTable, table=True):
    """What the bureau entered about a report: returned, forwarded, verified, fed back; when, by which document."""

    __tablename__ = "greenhouse_step"

    id: uuid.UUID = Field(primary_key=True)
    report_id: uuid.UUID = Field(foreign_key="greenhouse_report.id")
    step: str
    on_day: date
    basis: str
    note: str | None = None
    entered_by: str
    entered_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("step IN ('return', 'forward', 'verify', 'feed_back')", name="step"),
        sa.Index("ix_greenhouse_step_report_id", "report_id", "id"),
    )
