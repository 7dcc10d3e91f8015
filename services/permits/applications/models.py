"""Applications for permits (排污许可申请): each has versions of what was applied for, and every step that it went.

Versions, steps and findings are never changed: the database refuses it. The application's own row holds what the steps
led to, so that lists can ask for it.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.kit.database import json_document, timestamp
from services.permits.models import PermitsTable

_STATES = (
    "'submitted', 'correctable', 'incomplete', 'accepted', 'paused', 'reviewed', 'granted', 'delivered', "
    "'refused', 'refusal_delivered', 'not_required', 'not_competent', 'not_accepted', 'withdrawn'"
)
OPEN = "state IN ('submitted', 'correctable', 'incomplete', 'accepted', 'paused', 'reviewed')"


class Application(PermitsTable, table=True):
    """One application. `revision` counts its steps; `completeness_due` is the last day to say what is missing; `due_on`
    that of whatever the authority owes it next (NULL: nothing, or the clock is stopped)."""

    __tablename__ = "application"

    id: uuid.UUID = Field(primary_key=True)
    uscc: str = Field(foreign_key="enterprise.uscc")
    kind: str
    permit_number: str | None = None
    site_name: str
    management_class: str
    state: str
    version: int
    revision: int
    deemed_accepted: bool = False
    submitted_on: date
    completeness_due: date
    due_on: date | None = None
    accepted_on: date | None = None
    decided_on: date | None = None
    permit_version: int | None = None
    updated_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint(
            "kind IN ('first', 'supplement', 'reapplication', 'change', 'renewal')", name="kind"
        ),
        sa.CheckConstraint(f"state IN ({_STATES})", name="state"),
        sa.CheckConstraint("management_class IN ('key', 'simplified')", name="management_class"),
        sa.CheckConstraint("version >= 1 AND revision >= 1", name="version"),
        sa.CheckConstraint(
            "kind = 'first' OR permit_number IS NOT NULL",
            name="permit_number",
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'paused', 'reviewed', 'granted', 'delivered', 'refused', "
            "'refusal_delivered') OR accepted_on IS NOT NULL",
            name="accepted_on",
        ),
        sa.CheckConstraint(
            "(state IN ('granted', 'delivered', 'refused', 'refusal_delivered')) = (decided_on IS NOT NULL)",
            name="decided_on",
        ),
        sa.CheckConstraint(
            "(state IN ('granted', 'delivered')) = (permit_version IS NOT NULL)", name="permit_version"
        ),
        sa.Index(
            "uq_application_open",
            "uscc",
            "site_name",
            unique=True,
            postgresql_where=sa.text(OPEN),
        ),
        sa.Index(
            "uq_application_open_permit",
            "permit_number",
            unique=True,
            postgresql_where=sa.text(OPEN),
        ),
        sa.Index("ix_application_uscc_id", "uscc", "id"),
        sa.Index("ix_application_state_id", "state", "id"),
        sa.Index("ix_application_due_on", "due_on", "id", postgresql_where=sa.text("due_on IS NOT NULL")),
    )


class ApplicationVersion(PermitsTable, table=True):
    """What was applied for, as it was sent: the document, its digest, who sent it and the receipt."""

    __tablename__ = "application_version"

    id: uuid.UUID = Field(primary_key=True)
    application_id: uuid.UUID = Field(foreign_key="application.id")
    version: int
    document: dict[str, Any] = Field(sa_type=json_document())
    document_sha256: str
    submitted_by: str
    submitted_at: datetime = Field(sa_type=timestamp())
    receipt_id: str = Field(unique=True)
    receipt_jws: str

    __table_args__ = (sa.UniqueConstraint("application_id", "version"),)


class ApplicationStep(PermitsTable, table=True):
    """One step: what was said with it, and the sealed and dated document where the law asks for one in writing."""

    __tablename__ = "application_step"

    id: uuid.UUID = Field(primary_key=True)
    application_id: uuid.UUID = Field(foreign_key="application.id")
    revision: int
    step: str
    state: str
    taken_on: date
    taken_at: datetime = Field(sa_type=timestamp())
    taken_by: str
    detail: dict[str, Any] = Field(sa_type=json_document())
    document: dict[str, Any] | None = Field(default=None, sa_column=sa.Column(JSONB(none_as_null=True)))
    document_sha256: str | None = None
    receipt_id: str | None = Field(default=None, unique=True)
    receipt_jws: str | None = None

    __table_args__ = (
        sa.UniqueConstraint("application_id", "revision"),
        sa.CheckConstraint(f"state IN ({_STATES})", name="state"),
        sa.CheckConstraint(
            "(document IS NULL) = (receipt_jws IS NULL) AND (receipt_id IS NULL) = (receipt_jws IS NULL) "
            "AND (document_sha256 IS NULL) = (receipt_jws IS NULL)",
            name="sealed",
        ),
    )


class ApplicationFinding(PermitsTable, table=True):
    """What a reviewer found of one condition (条例 art. 11); the newest of each condition holds."""

    __tablename__ = "application_finding"

    id: uuid.UUID = Field(primary_key=True)
    application_id: uuid.UUID = Field(foreign_key="application.id", index=True)
    revision: int
    item: str
    outcome: str
    comment: str | None = None
    reviewer: str
    found_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.UniqueConstraint("application_id", "revision", "item"),
        sa.CheckConstraint(
            "item IN ('eia', 'standards', 'total_control', 'controls', 'monitoring')", name="item"
        ),
        sa.CheckConstraint("outcome IN ('met', 'not_met', 'unaffected')", name="outcome"),
        sa.CheckConstraint("outcome = 'met' OR comment IS NOT NULL", name="comment"),
    )


class ApplicationNotice(PermitsTable, table=True):
    """That the authority's period ends soon, or is over, was told: each step once for each deadline."""

    __tablename__ = "application_notice"

    application_id: uuid.UUID = Field(primary_key=True, foreign_key="application.id")
    clock: str = Field(primary_key=True)
    deadline: date = Field(primary_key=True)
    step: str = Field(primary_key=True)
    noticed_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("clock IN ('completeness', 'decision', 'delivery')", name="clock"),
        sa.CheckConstraint("step = 'overdue' OR step LIKE 'ahead\\_%'", name="step"),
    )
