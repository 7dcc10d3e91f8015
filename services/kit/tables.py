"""The tables that the kit keeps in every service's database. Their migrations are `schema_v1`, `schema_v2`, …"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from services.kit.database import json_document, new_metadata, timestamp


class KitTable(SQLModel, registry=registry(metadata=new_metadata())):
    """Base of the kit's own tables."""


class EventRow(KitTable, table=True):
    """A fact of this service, append-only. `position` is given once, by the sequencer, after the commit."""

    __tablename__ = "event_log"

    id: uuid.UUID = Field(primary_key=True)
    sequence: int | None = Field(
        default=None,
        sa_column=sa.Column(sa.BigInteger, sa.Identity(always=True), nullable=False),
        description="order of writing; may become visible out of order, so readers never use it",
    )
    position: int | None = Field(default=None, sa_column=sa.Column(sa.BigInteger, unique=True))
    type: str
    subject: str
    occurred_at: datetime = Field(sa_type=timestamp())
    owner: str | None = Field(default=None, description="USCC of the enterprise that may read it")
    public: bool = Field(default=False)
    traceparent: str | None = None
    data: dict[str, Any] = Field(sa_type=json_document())

    __table_args__ = (
        sa.Index("ix_event_log_unsequenced", "sequence", postgresql_where=sa.text("position IS NULL")),
    )


class AuditRow(KitTable, table=True):
    """Who did what to which record, before and after. The database refuses to change or delete a row."""

    __tablename__ = "audit_log"

    id: uuid.UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=timestamp())
    actor: str = Field(description="account or client id; `system` for the service's own work")
    actor_roles: list[str] = Field(sa_type=sa.ARRAY(sa.Text()))
    action: str
    entity: str
    entity_id: str
    owner: str | None = None
    before: dict[str, Any] | None = Field(default=None, sa_type=json_document())
    after: dict[str, Any] | None = Field(default=None, sa_type=json_document())
    request_id: str | None = None
    traceparent: str | None = None
    authority: str | None = Field(
        default=None, description="the delegation that the actor acted under, `{delegation_id}.{version}`"
    )
    duty: str | None = Field(
        default=None, description="the four-eyes duty performed: review, approve, confirm"
    )
    counterparts: list[str] | None = Field(
        default=None,
        sa_type=sa.ARRAY(sa.Text()),
        description="whose work the duty checked: the actor was none of them",
    )
    refusal: str | None = Field(default=None, description="code of the problem that refused a denied attempt")

    __table_args__ = (
        sa.Index("ix_audit_log_entity", "entity", "entity_id", "id"),
        sa.Index("ix_audit_log_at_id", "at", "id"),
        sa.Index("ix_audit_log_actor_at_id", "actor", "at", "id"),
        sa.Index("ix_audit_log_owner_at_id", "owner", "at", "id"),
        sa.Index("ix_audit_log_entity_id_at_id", "entity_id", "at", "id"),
    )


class ReadRow(KitTable, table=True):
    """Who read which enterprises' unpublished data, and what for. Append-only, written with the read itself."""

    __tablename__ = "read_log"

    id: uuid.UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=timestamp())
    actor: str = Field(description="account or client id")
    actor_roles: list[str] = Field(sa_type=sa.ARRAY(sa.Text()))
    purpose: str = Field(description="a code of `services.kit.purposes`")
    route: str = Field(description="`GET /v1/permits/reports/{report_id}`")
    query: str | None = Field(default=None, description="the query as it was sent")
    enterprises: list[str] = Field(sa_type=sa.ARRAY(sa.Text()), description="USCCs of the data in the answer")
    records: list[str] = Field(
        sa_type=sa.ARRAY(sa.Text()), description="identities of the records in the answer"
    )
    request_id: str | None = None
    traceparent: str | None = None

    __table_args__ = (
        sa.Index("ix_read_log_at_id", "at", "id"),
        sa.Index("ix_read_log_actor_at_id", "actor", "at", "id"),
        sa.Index("ix_read_log_enterprises", "enterprises", postgresql_using="gin"),
        sa.Index("ix_read_log_records", "records", postgresql_using="gin"),
    )


class IdempotencyRow(KitTable, table=True):
    """The stored answer of one POST; it commits with the effect."""

    __tablename__ = "idempotency_key"

    caller: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    created_at: datetime = Field(sa_type=timestamp(), index=True)
    status: int | None = None
    headers: dict[str, str] | None = Field(default=None, sa_type=json_document())
    body: bytes | None = None


class ConsumerRow(KitTable, table=True):
    """How far one consumer has applied one feed."""

    __tablename__ = "consumer_cursor"

    name: str = Field(primary_key=True)
    position: int = Field(sa_type=sa.BigInteger)
    updated_at: datetime = Field(sa_type=timestamp())


class ParkedEventRow(KitTable, table=True):
    """An event that could not be applied, kept with its error until someone has seen to it."""

    __tablename__ = "parked_event"

    consumer: str = Field(primary_key=True)
    position: int = Field(primary_key=True, sa_type=sa.BigInteger)
    event: dict[str, Any] = Field(sa_type=json_document())
    error: str
    parked_at: datetime = Field(sa_type=timestamp())
    resolved_at: datetime | None = Field(default=None, sa_type=timestamp())


KIT_METADATA = KitTable.metadata
