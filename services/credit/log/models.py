"""The transparency log (透明日志). Nothing here is ever changed: the database refuses it."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from services.credit.models import CreditTable
from services.kit.database import timestamp


class LogEntry(CreditTable, table=True):
    """One entry: the leaf as it was hashed, and what belongs to it in this database.

    `secret` salts its commitments; the words themselves are in the row `entity_id` of the kind's own table.
    `subject_sequence` counts the entries of one enterprise from 1, `previous_index` is the one before.
    """

    __tablename__ = "log_entry"

    index: int = Field(sa_column=sa.Column(sa.BigInteger, primary_key=True, autoincrement=False))
    kind: str
    entity_id: uuid.UUID
    subject: str | None = None
    subject_sequence: int | None = Field(default=None, sa_type=sa.BigInteger)
    previous_index: int | None = Field(default=None, sa_type=sa.BigInteger)
    secret: bytes
    leaf: bytes
    leaf_hash: bytes
    recorded_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.UniqueConstraint("kind", "entity_id"),
        sa.UniqueConstraint("subject", "subject_sequence"),
        sa.CheckConstraint("index >= 0", name="index"),
        sa.CheckConstraint("octet_length(secret) = 32 AND octet_length(leaf_hash) = 32", name="lengths"),
        sa.CheckConstraint("(subject IS NULL) = (subject_sequence IS NULL)", name="sequence"),
        sa.CheckConstraint("previous_index < index", name="previous"),
    )


class LogNode(CreditTable, table=True):
    """The hash of one complete subtree: of the leaves from index·2^level to (index + 1)·2^level, excluded."""

    __tablename__ = "log_node"

    level: int = Field(sa_column=sa.Column(sa.SmallInteger, primary_key=True, autoincrement=False))
    index: int = Field(sa_column=sa.Column(sa.BigInteger, primary_key=True, autoincrement=False))
    hash: bytes

    __table_args__ = (sa.CheckConstraint("octet_length(hash) = 32", name="length"),)


class LogCheckpoint(CreditTable, table=True):
    """What the log says of itself at one size, signed. There is one for each size, so two never contradict."""

    __tablename__ = "log_checkpoint"

    size: int = Field(sa_column=sa.Column(sa.BigInteger, primary_key=True, autoincrement=False))
    last_index: int = Field(sa_type=sa.BigInteger, foreign_key="log_entry.index")
    root: bytes
    note: str
    signed_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("size = last_index + 1", name="size"),
        sa.CheckConstraint("octet_length(root) = 32", name="length"),
        sa.Index("ix_log_checkpoint_signed_at", "signed_at", "size"),
    )
