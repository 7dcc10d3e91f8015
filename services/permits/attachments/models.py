"""Files that enterprises send (申请材料附件, 执行报告附件), in pieces, and what names them. A file is never changed:
the database refuses it, and refuses to let go of one that an application or a report names."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import timestamp
from services.permits.models import PermitsTable


class Attachment(PermitsTable, table=True):
    """What is known of one file; of one site where it names its permit."""

    __tablename__ = "attachment"

    id: uuid.UUID = Field(primary_key=True)
    uscc: str = Field(foreign_key="enterprise.uscc")
    permit_number: str | None = None
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    pieces: int
    sent_by: str
    sent_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("size_bytes > 0 AND pieces > 0", name="size"),
        sa.Index("ix_attachment_uscc_id", "uscc", "id"),
        sa.Index("ix_attachment_sent_at", "sent_at"),
    )


class AttachmentPiece(PermitsTable, table=True):
    """Some of a file's bytes; numbered from 0."""

    __tablename__ = "attachment_piece"

    attachment_id: uuid.UUID = Field(primary_key=True, foreign_key="attachment.id")
    number: int = Field(primary_key=True)
    content: bytes


class AttachmentUse(PermitsTable, table=True):
    """That a version of an application names a file: from then on it is part of what was submitted."""

    __tablename__ = "attachment_use"

    attachment_id: uuid.UUID = Field(primary_key=True, foreign_key="attachment.id")
    application_version_id: uuid.UUID = Field(primary_key=True, foreign_key="application_version.id")


class ReportAnnex(PermitsTable, table=True):
    """That a version of an execution report names a file: it was signed with it."""

    __tablename__ = "report_annex"

    attachment_id: uuid.UUID = Field(primary_key=True, foreign_key="attachment.id")
    report_version_id: uuid.UUID = Field(primary_key=True, foreign_key="report_version.id")
