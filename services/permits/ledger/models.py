"""Ledger entries (台账记录). Never changed and never deleted: the database refuses it. A correction is a new entry."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import json_document, timestamp
from services.permits.batches.models import Record


class LedgerEntry(Record, table=True):
    """One entry of the ledger of one permit. `details` holds what its kind says, as it was written."""

    __tablename__ = "ledger_entry"

    kind: str
    facility_code: str | None = None
    happened_at: datetime = Field(sa_type=timestamp())
    details: dict[str, Any] = Field(sa_type=json_document())

    __table_args__ = (
        sa.CheckConstraint(
            "kind IN ('basic', 'production', 'materials', 'treatment', 'abnormal', 'monitoring', 'other')",
            name="kind",
        ),
        sa.CheckConstraint("(supersedes IS NULL) = (reason IS NULL)", name="correction"),
        sa.CheckConstraint("supersedes <> id", name="itself"),
        sa.ForeignKeyConstraint(
            ["permit_number", "supersedes"],
            ["ledger_entry.permit_number", "ledger_entry.id"],
            name="fk_ledger_entry_supersedes",
        ),
        sa.Index(
            "uq_ledger_entry_supersedes",
            "permit_number",
            "supersedes",
            unique=True,
            postgresql_where=sa.text("supersedes IS NOT NULL"),
        ),
        sa.Index("ix_ledger_entry_happened", "permit_number", "happened_at", "id"),
    )
