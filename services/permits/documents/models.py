"""Documents that were made and signed. A document is made once and never changed: the database refuses it."""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import timestamp
from services.permits.models import PermitsTable


class PermitDocument(PermitsTable, table=True):
    """The PDF of one permit version as it stood, with its signature.

    `content_sha256` is the digest of everything that is printed: asked for again with the same content, the same
    document is given. It is never shown, since it would let a withheld text be guessed at.
    """

    __tablename__ = "permit_document"

    id: uuid.UUID = Field(primary_key=True)
    permit_number: str
    uscc: str
    version: int
    kind: str
    audience: str
    content_sha256: str = Field(unique=True)
    pdf: bytes
    pdf_sha256: str
    receipt_id: str = Field(unique=True)
    receipt_jws: str
    made_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("kind IN ('original', 'duplicate')", name="kind"),
        sa.CheckConstraint("audience IN ('holder', 'public')", name="audience"),
        sa.Index("ix_permit_document_permit_number", "permit_number"),
    )
