"""Registrations of discharges (排污登记): a registration has versions, each as it was filed, with its receipt.

Versions and reviews are never changed: the database refuses it. A change, a renewal and a cancellation are new
versions.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.database import json_document, timestamp
from services.permits.models import PermitsTable


class Registration(PermitsTable, table=True):
    """The registration of one site, as its newest version has it."""

    __tablename__ = "registration"

    id: uuid.UUID = Field(primary_key=True)
    receipt_number: str = Field(unique=True, max_length=22)
    uscc: str = Field(foreign_key="enterprise.uscc")
    site_serial: int
    site_name: str
    version: int
    valid_from: date
    valid_to: date
    cancelled: bool = False
    for_review: bool = False
    permit_needed: bool = False
    filed_at: datetime = Field(sa_type=timestamp())
    updated_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.CheckConstraint("site_serial BETWEEN 1 AND 999", name="site_serial"),
        sa.CheckConstraint("version >= 1", name="version"),
        sa.CheckConstraint("valid_from <= valid_to", name="validity"),
        sa.Index(
            "uq_registration_site",
            "uscc",
            "site_name",
            unique=True,
            postgresql_where=sa.text("NOT cancelled"),
        ),
        sa.Index("ix_registration_valid_to", "valid_to", "receipt_number"),
    )


class RegistrationVersion(PermitsTable, table=True):
    """What was filed, when and by whom; from `effective_on` on it is what is registered."""

    __tablename__ = "registration_version"

    id: uuid.UUID = Field(primary_key=True)
    registration_id: uuid.UUID = Field(foreign_key="registration.id")
    version: int
    step: str
    effective_on: date
    valid_from: date
    valid_to: date
    changed_on: date | None = None
    days_late: int
    document: dict[str, Any] = Field(sa_type=json_document())
    document_sha256: str
    classification: dict[str, Any] = Field(sa_type=json_document())
    for_review: bool
    submitted_by: str
    submitted_at: datetime = Field(sa_type=timestamp())
    receipt_id: str = Field(unique=True)
    receipt_jws: str

    __table_args__ = (
        sa.UniqueConstraint("registration_id", "version"),
        sa.CheckConstraint("step IN ('first', 'change', 'renewal', 'cancellation')", name="step"),
        sa.CheckConstraint("(version = 1) = (step = 'first')", name="first"),
        sa.CheckConstraint("valid_from <= valid_to", name="validity"),
        sa.CheckConstraint("days_late >= 0", name="days_late"),
        sa.CheckConstraint(
            "(step IN ('change', 'cancellation')) = (changed_on IS NOT NULL)", name="changed_on"
        ),
    )


class RegistrationReview(PermitsTable, table=True):
    """What a reviewer decided where the catalogue's facts did not: the form is enough, or a permit is needed."""

    __tablename__ = "registration_review"

    id: uuid.UUID = Field(primary_key=True)
    registration_id: uuid.UUID = Field(foreign_key="registration.id")
    version: int
    decision: str
    comment: str
    reviewer: str
    reviewed_at: datetime = Field(sa_type=timestamp())

    __table_args__ = (
        sa.UniqueConstraint("registration_id", "version"),
        sa.CheckConstraint("decision IN ('registration', 'permit')", name="decision"),
    )
