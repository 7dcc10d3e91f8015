"""Rule packs as they were published, and evaluations. Never changed: the database refuses it."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.credit.models import CreditTable
from services.kit.database import exact, json_document, timestamp


class RulePack(CreditTable, table=True):
    """A rule pack that the bureau has adopted; its publication is an entry of the log."""

    __tablename__ = "rule_pack"

    id: uuid.UUID = Field(primary_key=True)
    pack: str
    sha256: str = Field(unique=True)
    document: dict[str, Any] = Field(sa_type=json_document())
    jurisdiction: str
    valid_from: date
    valid_to: date | None = None
    published_by: str
    published_at: datetime = Field(sa_type=timestamp())
    log_index: int = Field(sa_type=sa.BigInteger, foreign_key="log_entry.index", unique=True)

    __table_args__ = (
        sa.CheckConstraint("valid_to IS NULL OR valid_from <= valid_to", name="validity"),
        sa.Index("ix_rule_pack_valid_from", "valid_from", "log_index"),
    )


class Evaluation(CreditTable, table=True):
    """The grade of one enterprise on one day, with all that is needed to compute it again.

    It looked at every record with an index below `tree_size`; `counted` are the indices that gave points.
    """

    __tablename__ = "evaluation"

    id: uuid.UUID = Field(primary_key=True)
    uscc: str = Field(max_length=18)
    valid_at: date
    tree_size: int = Field(sa_type=sa.BigInteger)
    counted: list[int] = Field(sa_type=json_document())
    score: Decimal = Field(sa_type=exact())
    grade: str
    grade_name: str
    previous_grade: str | None = None
    rule_pack: str
    rule_hash: str = Field(foreign_key="rule_pack.sha256")
    evaluated_by: str
    evaluated_at: datetime = Field(sa_type=timestamp())
    log_index: int = Field(sa_type=sa.BigInteger, foreign_key="log_entry.index", unique=True)

    __table_args__ = (sa.Index("ix_evaluation_uscc_log_index", "uscc", "log_index"),)
