"""Notices, what was said to them, and what the bureau answers. None is ever changed: the database refuses it."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import timestamp
from services.permits.models import PermitsTable

KINDS = ("pre_application", "application", "performance", "other")


class Notice(PermitsTable, table=True):
    """Something that the public may speak to, from `opens_on` to `closes_on`, both included."""

    __tablename__ = "notice"

    id: uuid.UUID = Field(primary_key=True)
    kind: str
    subject: str
    title: str
    summary: str
    uscc: str | None = None
    permit_number: str | None = None
    opens_on: date
    closes_on: date
    opened_by: str
    opened_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint(
            "kind IN ({})".format(", ".join(f"'{kind}'" for kind in KINDS)),
            name="kind",
        ),
        sa.CheckConstraint("opens_on <= closes_on", name="days"),
        sa.Index("ix_notice_subject", "subject"),
        sa.Index("ix_notice_closes_on_id", "closes_on", "id"),
    )


class NoticeEnding(PermitsTable, table=True):
    """What a notice announced came to nothing before its last day: it takes no more comments."""

    __tablename__ = "notice_ending"

    notice_id: uuid.UUID = Field(primary_key=True, foreign_key="notice.id")
    reason: str
    ended_on: date
    ended_by: str
    ended_at: datetime = Field(sa_type=timestamp())


class NoticeComment(PermitsTable, table=True):
    """What somebody said. `contact` is for the bureau alone, and the text may name persons: neither is ever public."""

    __tablename__ = "notice_comment"

    id: uuid.UUID = Field(primary_key=True)
    notice_id: uuid.UUID = Field(foreign_key="notice.id")
    text: str
    text_sha256: str
    contact: str | None = None
    received_on: date
    received_at: datetime = Field(sa_type=timestamp())
    receipt_jws: str

    __table_args__ = (
        sa.Index("ix_notice_comment_notice_id_id", "notice_id", "id"),
        sa.UniqueConstraint("notice_id", "text_sha256", "received_on"),
    )


class NoticeAnswer(PermitsTable, table=True):
    """The bureau's answer to one comment, with the matter in the bureau's own words: this is public."""

    __tablename__ = "notice_answer"

    id: uuid.UUID = Field(primary_key=True)
    comment_id: uuid.UUID = Field(foreign_key="notice_comment.id", unique=True)
    notice_id: uuid.UUID = Field(foreign_key="notice.id")
    matter: str
    answer: str
    answered_by: str
    answered_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (sa.Index("ix_notice_answer_notice_id_id", "notice_id", "id"),)
