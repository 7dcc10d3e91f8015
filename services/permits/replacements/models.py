"""Certificates that were lost or damaged (补办): what was asked for, and the copy that was given. Never changed, but
for a last day that is provisional: the database refuses everything else."""

from __future__ import annotations

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import timestamp
from services.permits.models import PermitsTable


class ReplacementRequest(PermitsTable, table=True):
    """What a holder asks for, with its statement of the loss."""

    __tablename__ = "replacement_request"

    id: uuid.UUID = Field(primary_key=True)
    permit_id: uuid.UUID = Field(foreign_key="permit.id", index=True)
    permit_number: str
    uscc: str
    cause: str
    happened_on: date
    loss_statement: str | None = None
    days_late: int
    due_on: date
    provisional: bool
    requested_by: str
    requested_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("cause IN ('lost', 'damaged')", name="cause"),
        sa.CheckConstraint("cause <> 'lost' OR loss_statement IS NOT NULL", name="loss_statement"),
        sa.CheckConstraint("days_late >= 0", name="days_late"),
        sa.Index("ix_replacement_request_uscc_id", "uscc", "id"),
    )


class CertificateCopy(PermitsTable, table=True):
    """The certificate that was given in place of the lost one; the older copies hold no more."""

    __tablename__ = "certificate_copy"

    request_id: uuid.UUID = Field(primary_key=True, foreign_key="replacement_request.id")
    permit_id: uuid.UUID = Field(foreign_key="permit.id")
    copy_number: int
    issued_by: str
    issued_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.UniqueConstraint("permit_id", "copy_number"),
        sa.CheckConstraint("copy_number >= 2", name="copy_number"),
    )
