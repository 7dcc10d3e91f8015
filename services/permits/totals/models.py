"""The ledger of quotas and the replacement statements. Entries are never changed: the database refuses it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import exact, json_document, timestamp
from services.permits.models import PermitsTable


class QuotaBook(PermitsTable, table=True):
    """One pollutant's book: locked by whoever takes from an account, so that two never take the same tonnes."""

    __tablename__ = "quota_book"

    pollutant: str = Field(primary_key=True)
    opened_at: datetime = Field(sa_type=timestamp())


class QuotaEntry(PermitsTable, table=True):
    """So many tonnes a year from one account to another, from a year on. `sequence` is its order."""

    __tablename__ = "quota_entry"

    id: uuid.UUID = Field(primary_key=True)
    sequence: int | None = Field(
        default=None,
        sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), nullable=False, unique=True),
    )
    document_id: uuid.UUID = Field(
        description="the decision, or the replacement statement, that it comes from"
    )
    move: str
    pollutant: str = Field(foreign_key="quota_book.pollutant")
    from_kind: str
    from_permit: str | None = None
    from_uscc: str | None = None
    to_kind: str
    to_permit: str | None = None
    to_uscc: str | None = None
    tonnes: Decimal = Field(sa_type=exact())
    from_year: int
    decided_on: date
    basis: str
    recorded_by: str
    recorded_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.ForeignKeyConstraint(["from_permit"], ["permit.permit_number"]),
        sa.ForeignKeyConstraint(["to_permit"], ["permit.permit_number"]),
        sa.CheckConstraint("tonnes > 0", name="tonnes"),
        sa.CheckConstraint("from_year BETWEEN 2000 AND 2100", name="from_year"),
        sa.CheckConstraint(
            "(move, from_kind, to_kind) IN (('grant', 'league', 'pool'), ('recall', 'pool', 'league'), "
            "('allocation', 'pool', 'permit'), ('withdrawal', 'permit', 'pool'), "
            "('reduction', 'permit', 'retired'), ('reduction', 'pool', 'retired'), "
            "('replacement', 'permit', 'permit'), ('replacement', 'pool', 'permit'))",
            name="move",
        ),
        sa.CheckConstraint(
            "(from_kind = 'permit') = (from_permit IS NOT NULL) AND "
            "(from_permit IS NULL) = (from_uscc IS NULL)",
            name="from_account",
        ),
        sa.CheckConstraint(
            "(to_kind = 'permit') = (to_permit IS NOT NULL) AND (to_permit IS NULL) = (to_uscc IS NULL)",
            name="to_account",
        ),
        sa.CheckConstraint("from_permit IS NULL OR from_permit <> to_permit", name="two_legs"),
        sa.Index("ix_quota_entry_pollutant", "pollutant", "sequence"),
        sa.Index("ix_quota_entry_from", "from_permit", "pollutant"),
        sa.Index("ix_quota_entry_to", "to_permit", "pollutant"),
    )


class OffsetStatement(PermitsTable, table=True):
    """How a new or expanded source gets its quota by reductions elsewhere (削减替代说明), as it was stated."""

    __tablename__ = "offset_statement"

    id: uuid.UUID = Field(primary_key=True)
    permit_number: str = Field(foreign_key="permit.permit_number")
    uscc: str
    pollutant: str
    needed_t: Decimal = Field(sa_type=exact())
    ratio: Decimal = Field(sa_type=exact())
    from_year: int
    document: dict[str, Any] = Field(sa_type=json_document())
    document_sha256: str
    receipt_id: str = Field(unique=True)
    receipt_jws: str
    submitted_by: str
    submitted_at: datetime = Field(sa_type=timestamp())
    state: str
    decided_by: str | None = None
    decided_at: datetime | None = Field(default=None, sa_type=timestamp())
    opinion: str | None = None

    __table_args__ = (
        sa.CheckConstraint("state IN ('submitted', 'approved', 'refused', 'withdrawn')", name="state"),
        sa.CheckConstraint("(state = 'submitted') = (decided_by IS NULL)", name="decided"),
        sa.CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", name="decided_at"),
        sa.CheckConstraint("state NOT IN ('approved', 'refused') OR opinion IS NOT NULL", name="opinion"),
        sa.CheckConstraint("needed_t > 0 AND ratio >= 1", name="needed"),
        sa.Index("ix_offset_statement_uscc", "uscc", "id"),
    )


class FiguresEdition(PermitsTable, table=True):
    """Figures of years as one way of working them out has them (`kept.fingerprint`), and how far they are in line.

    Until `built_at` there are those of the permits up to `built_to`. All are as of `position` of the event log, or as
    of later.
    """

    __tablename__ = "figures_edition"

    id: int | None = Field(
        default=None, sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    )
    fingerprint: str = Field(unique=True)
    position: int = Field(sa_type=sa.BigInteger)
    built_to: str = ""
    begun_at: datetime = Field(sa_type=timestamp())
    built_at: datetime | None = Field(default=None, sa_type=timestamp())
    used_at: datetime = Field(sa_type=timestamp())


class YearFigure(PermitsTable, table=True):
    """What is known of one pollutant of one permit in one year, t/a: worked out from what else is in the database.

    Null is not known, never zero. A permit of which nothing is known in a year that it held in has one row for that
    year, without a pollutant (empty).
    """

    __tablename__ = "year_figure"

    edition_id: int = Field(primary_key=True, sa_type=sa.BigInteger)
    permit_number: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    pollutant: str = Field(primary_key=True)
    uscc: str
    industry_code: str
    quota_t: Decimal | None = Field(default=None, sa_type=exact())
    permitted_t: Decimal | None = Field(default=None, sa_type=exact())
    actual_t: Decimal | None = Field(default=None, sa_type=exact())
    expected_t: Decimal | None = Field(default=None, sa_type=exact())
    complete: bool

    __table_args__ = (
        sa.ForeignKeyConstraint(["edition_id"], ["figures_edition.id"], ondelete="CASCADE"),
        sa.Index("ix_year_figure_year", "edition_id", "year"),
    )
