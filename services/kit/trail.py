"""Reading the trail of one process: who did and tried what (`audit`), who read whose data (`read-log`), newest first.

For auditors (`audit:read`). Reading it is itself a read of unpublished data: with its purpose, and logged.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query
from pydantic import Field
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from services.kit.auth import Principal, RowScope
from services.kit.identifiers.types import Uscc
from services.kit.pages import PageQuery, Paging, page
from services.kit.reading import reads
from services.kit.routing import Session
from services.kit.routing import router as new_router
from services.kit.schemas import Moment, Page, Schema, is_id
from services.kit.scoping import within
from services.kit.tables import AuditRow, ReadRow

Auditor = Annotated[Principal, reads("audit:read")]
"""Who supervises the bureau itself (审计人员)."""


class AuditEntry(Schema):
    """One act, or one attempt that was denied (`refusal`)."""

    id: uuid.UUID
    at: Moment
    actor: str = Field(description="account or client; `system` for the process's own work")
    actor_roles: list[str]
    action: str
    entity: str
    entity_id: str
    uscc: str | None = Field(description="the enterprise concerned")
    authority: str | None = Field(description="the delegation that the actor acted under, `{id}.{version}`")
    duty: str | None = Field(description="the four-eyes duty: review, approve, confirm")
    counterparts: list[str] = Field(description="whose work the duty checked")
    refusal: str | None = Field(description="code of the problem that a denied attempt was answered with")
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    request_id: str | None


class ReadEntry(Schema):
    """One read of unpublished data by the bureau."""

    id: uuid.UUID
    at: Moment
    actor: str
    actor_roles: list[str]
    purpose: str = Field(description="a code of `GET /v1/purposes`")
    route: str
    query: str | None
    usccs: list[str] = Field(description="enterprises whose data the answer held")
    records: list[str] = Field(description="identities of the records in the answer")
    request_id: str | None


@dataclass
class TrailFilter:
    """What is looked for; everything given must hold."""

    person: str | None = None
    enterprise: str | None = None
    record: str | None = None
    since: datetime | None = None
    until: datetime | None = None


async def _asked(
    person: Annotated[str | None, Query(max_length=100, description="account or client")] = None,
    enterprise: Annotated[Uscc | None, Query(description="USCC")] = None,
    record: Annotated[str | None, Query(max_length=200, description="identity of a record")] = None,
    since: Annotated[Moment | None, Query(description="from this moment")] = None,
    until: Annotated[Moment | None, Query(description="before this moment")] = None,
) -> TrailFilter:
    """Read as the trail is written: "nobody did anything" is no answer to a capital letter."""
    return TrailFilter(_identity(person), enterprise, _identity(record), since, until)


def _identity(given: str | None) -> str | None:
    """Ids stand in the trail in small letters; logins, codes and numbers as they are given."""
    return given.lower() if given is not None and is_id(given) else given


Filter = Annotated[TrailFilter, Depends(_asked)]
Denied = Annotated[bool | None, Query(description="only denied attempts, or only what was done")]


def trail_router(service: str) -> APIRouter:
    """`GET /v1/<service>/audit` and `/read-log`."""
    router = new_router(f"/v1/{service}", tag="trail")

    @router.get("/audit", summary="审计记录 The audit trail", response_model=Page[AuditEntry])
    async def list_audit(
        auditor: Auditor, session: Session, paging: Paging, wanted: Filter, denied: Denied = None
    ) -> object:
        found, following = await audit_page(session, auditor.rows, wanted, paging, denied=denied)
        return {"items": found, "next_cursor": following}

    @router.get("/read-log", summary="查阅记录 Who read whose data", response_model=Page[ReadEntry])
    async def list_reads(auditor: Auditor, session: Session, paging: Paging, wanted: Filter) -> object:
        found, following = await read_page(session, auditor.rows, wanted, paging)
        return {"items": found, "next_cursor": following}

    return router


async def audit_page(
    session: AsyncSession, rows: RowScope, wanted: TrailFilter, query: PageQuery, *, denied: bool | None
) -> tuple[list[AuditEntry], str | None]:
    statement = within(rows, _between(select(AuditRow), wanted, col(AuditRow.at)), col(AuditRow.owner))
    if wanted.person is not None:
        statement = statement.where(AuditRow.actor == wanted.person)
    if wanted.enterprise is not None:
        statement = statement.where(AuditRow.owner == wanted.enterprise)
    if wanted.record is not None:
        statement = statement.where(AuditRow.entity_id == wanted.record)
    if denied is not None:
        refusal = col(AuditRow.refusal)
        statement = statement.where(refusal.is_not(None) if denied else refusal.is_(None))
    by: list[tuple[Any, type]] = [(col(AuditRow.at), datetime), (col(AuditRow.id), uuid.UUID)]
    found, following = await page(session, statement, by=by, query=query, descending=True)
    return [_audit_entry(row) for row in found], following


async def read_page(
    session: AsyncSession, rows: RowScope, wanted: TrailFilter, query: PageQuery
) -> tuple[list[ReadEntry], str | None]:
    statement = _between(select(ReadRow), wanted, col(ReadRow.at))
    if not rows.everything:  # whoever else was read in the same answer is not for them
        own = sa.literal(list(rows.usccs), ARRAY(sa.Text()))
        read = col(ReadRow.enterprises)
        statement = statement.where(read.bool_op("<@")(own), sa.func.cardinality(read) > 0)
    if wanted.person is not None:
        statement = statement.where(ReadRow.actor == wanted.person)
    if wanted.enterprise is not None:
        statement = statement.where(_holds(ReadRow.enterprises, wanted.enterprise))
    if wanted.record is not None:
        statement = statement.where(_holds(ReadRow.records, wanted.record))
    by: list[tuple[Any, type]] = [(col(ReadRow.at), datetime), (col(ReadRow.id), uuid.UUID)]
    found, following = await page(session, statement, by=by, query=query, descending=True)
    return [_read_entry(row) for row in found], following


def _holds(column: Any, text: str) -> sa.ColumnElement[bool]:
    """`@>`, which the GIN index answers; `= ANY` it does not."""
    return col(column).bool_op("@>")(sa.literal([text], ARRAY(sa.Text())))


def _between(statement: SelectOfScalar[Any], wanted: TrailFilter, at: Any) -> SelectOfScalar[Any]:
    if wanted.since is not None:
        statement = statement.where(at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(at < wanted.until)
    return statement


def _audit_entry(row: AuditRow) -> AuditEntry:
    kept = row.model_dump(exclude={"owner", "traceparent", "counterparts"})
    return AuditEntry(**kept, uscc=row.owner, counterparts=row.counterparts or [])


def _read_entry(row: ReadRow) -> ReadEntry:
    return ReadEntry(**row.model_dump(exclude={"enterprises", "traceparent"}), usccs=row.enterprises)
