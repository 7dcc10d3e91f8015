"""Signed credit statements (信用状况声明) as they were handed out. Never changed: the database refuses it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.credit.models import CreditTable
from services.kit.database import json_document, timestamp


class Statement(CreditTable, table=True):
    """What was signed, and the file that proves it."""

    __tablename__ = "statement"

    id: uuid.UUID = Field(primary_key=True)
    uscc: str = Field(max_length=18)
    evaluation_id: uuid.UUID = Field(foreign_key="evaluation.id")
    evaluation_index: int = Field(sa_type=sa.BigInteger)
    tree_size: int = Field(sa_type=sa.BigInteger, foreign_key="log_checkpoint.size")
    requested_by: str
    issued_at: datetime = Field(sa_type=timestamp())
    expires_at: datetime = Field(sa_type=timestamp())
    document: dict[str, Any] = Field(sa_type=json_document())

    __table_args__ = (
        sa.CheckConstraint("issued_at < expires_at", name="validity"),
        sa.CheckConstraint("evaluation_index < tree_size", name="within"),
        sa.Index("ix_statement_uscc_id", "uscc", "id"),
    )
