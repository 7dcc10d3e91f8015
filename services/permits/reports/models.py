"""Execution reports (排污许可证执行报告): a report has versions, each with its values and its receipt.

Versions, values and reviews are never changed: the database refuses it. A correction is a new version.
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


class Report(PermitsTable, table=True):
    """The report that answers one obligation; its content is in its versions."""

    __tablename__ = "report"

    id: uuid.UUID = Field(primary_key=True)
    obligation_id: uuid.UUID = Field(foreign_key="obligation.id", unique=True)
    permit_number: str = Field(index=True)
    uscc: str
    kind: str
    period_start: date
    period_end: date
    state: str
    version: int
    first_submitted_at: datetime = Field(sa_type=timestamp())
    days_late: int
    updated_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("state IN ('submitted', 'returned', 'accepted', 'repudiated')", name="state"),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("days_late >= 0", name="days_late"),
        sa.Index("ix_report_uscc_id", "uscc", "id"),
        sa.Index("ix_report_state_id", "state", "id"),
        sa.Index("ix_report_year_id", sa.text("EXTRACT(year FROM period_end)"), "id"),
        sa.Index("ix_report_late_id", "id", postgresql_where=sa.text("days_late > 0")),
    )


class ReportVersion(PermitsTable, table=True):
    """One submission, as it was sent: the document, its digest, who sent it and the receipt."""

    __tablename__ = "report_version"

    id: uuid.UUID = Field(primary_key=True)
    report_id: uuid.UUID = Field(foreign_key="report.id")
    version: int
    document: dict[str, Any] = Field(sa_type=json_document())
    document_sha256: str
    exceedances: list[dict[str, Any]] = Field(sa_type=json_document())
    warnings: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=json_document(), sa_column_kwargs={"server_default": sa.text("'[]'")}
    )
    special_exceedances: list[dict[str, Any]] = Field(
        default_factory=list, sa_type=json_document(), sa_column_kwargs={"server_default": sa.text("'[]'")}
    )
    submitted_by: str
    submitted_at: datetime = Field(sa_type=timestamp())
    receipt_id: str = Field(unique=True)
    receipt_jws: str

    __table_args__ = (sa.UniqueConstraint("report_id", "version"),)


class ReportValue(PermitsTable, table=True):
    """One line of one version: figures, or the reason why there are none. Blank never means zero.

    Figures are in the unit of their limit and in tonnes; how they were stated is in the version's document.
    """

    __tablename__ = "report_value"

    report_version_id: uuid.UUID = Field(primary_key=True, foreign_key="report_version.id")
    outlet_code: str = Field(primary_key=True)
    pollutant_code: str = Field(primary_key=True)
    concentration_max: Decimal | None = Field(default=None, sa_type=exact())
    concentration_average: Decimal | None = Field(default=None, sa_type=exact())
    amount_t: Decimal | None = Field(default=None, sa_type=exact())
    method: str | None = None
    no_data_code: str | None = None
    concentration_max_qualifier: str | None = None
    concentration_average_qualifier: str | None = None
    amount_qualifier: str | None = None
    volume_m3: Decimal | None = Field(default=None, sa_type=exact())
    rate_max: Decimal | None = Field(default=None, sa_type=exact())
    rate_max_qualifier: str | None = None

    __table_args__ = (
        sa.CheckConstraint(
            "(no_data_code IS NULL) <> "
            "(coalesce(concentration_max, concentration_average, amount_t, rate_max) IS NULL)",
            name="figure_or_reason",
        ),
        sa.CheckConstraint("amount_t >= 0", name="amount_t"),
    )


class Review(PermitsTable, table=True):
    """What a reviewer decided on one version, and why."""

    __tablename__ = "review"

    id: uuid.UUID = Field(primary_key=True)
    report_id: uuid.UUID = Field(foreign_key="report.id")
    version: int
    decision: str
    comment: str | None = None
    reviewer: str
    reviewed_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.UniqueConstraint("report_id", "version"),
        sa.CheckConstraint("decision IN ('accept', 'return')", name="decision"),
    )


class Repudiation(PermitsTable, table=True):
    """An enterprise says of one version that it did not submit it. Never changed: the database refuses it."""

    __tablename__ = "repudiation"

    id: uuid.UUID = Field(primary_key=True)
    report_id: uuid.UUID = Field(foreign_key="report.id")
    version: int
    statement: str
    repudiated_by: str
    repudiated_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (sa.UniqueConstraint("report_id", "version"),)
