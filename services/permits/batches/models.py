"""Batches (批次): files of many rows that came in one request, each with one receipt. Never changed."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import json_document, timestamp
from services.permits.models import PermitsTable


class Record(PermitsTable):
    """What the tables of records have in common: never changed, never deleted; a correction is a new row.

    `batch_id` has no foreign key: it would be looked up for each of ten thousand rows, and batches are never deleted.
    """

    permit_number: str = Field(primary_key=True)
    id: uuid.UUID = Field(primary_key=True)
    made_offline: bool
    supersedes: uuid.UUID | None = None
    reason: str | None = None
    batch_id: uuid.UUID | None = None
    recorded_at: datetime = Field(sa_type=timestamp())
    recorded_by: str


class Batch(PermitsTable, table=True):
    """One file about one permit: how many of its rows were kept, and the receipt over what it was."""

    __tablename__ = "batch"

    id: uuid.UUID = Field(primary_key=True)
    kind: str
    permit_number: str
    uscc: str
    rows: int
    accepted: int
    repeated: int
    refused: int
    document: dict[str, Any] = Field(sa_type=json_document())
    document_sha256: str
    received_by: str
    received_at: datetime = Field(sa_type=timestamp())
    receipt_id: str = Field(unique=True)
    receipt_jws: str

    __table_args__ = (
        sa.CheckConstraint("kind IN ('ledger', 'monitoring')", name="kind"),
        sa.CheckConstraint("accepted >= 0 AND repeated >= 0 AND refused >= 0", name="counts"),
        sa.CheckConstraint("rows = accepted + repeated + refused", name="rows"),
        sa.Index("ix_batch_permit_number_id", "permit_number", "kind", "id"),
    )
