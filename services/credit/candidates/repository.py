"""SQL of candidates. Only the office reads them, an allegation is nobody else's business; each of its own rows."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.candidates.models import Candidate
from services.credit.records.models import Record
from services.kit.auth import RowScope
from services.kit.locking import locking
from services.kit.pages import PageQuery, page
from services.kit.scoping import matching, within

_TABLE = cast(sa.Table, Candidate.__table__)  # type: ignore[attr-defined]


async def add_once(session: AsyncSession, values: Mapping[str, Any]) -> bool:
    """Adds a candidate unless its event has one; whether it was added."""
    row = insert(_TABLE).values(**values)
    added = row.on_conflict_do_nothing(index_elements=["source", "source_event_id"]).returning(_TABLE.c.id)
    return (await session.exec(added)).first() is not None


async def by_id(
    session: AsyncSession, candidate_id: uuid.UUID, *, rows: RowScope, lock: bool = False
) -> Candidate | None:
    statement = within(rows, select(Candidate).where(Candidate.id == candidate_id), col(Candidate.uscc))
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def page_of(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    state: str | None = None,
    uscc: str | None = None,
    source: str | None = None,
    contradicted: bool | None = None,
) -> tuple[list[Candidate], str | None]:
    """Oldest first: what has waited longest."""
    statement = within(rows, select(Candidate), col(Candidate.uscc))
    statement = matching(
        statement, (col(Candidate.state), state), (col(Candidate.uscc), uscc), (col(Candidate.source), source)
    )
    if contradicted is not None:
        by = col(Candidate.contradicted_by)
        statement = statement.where(by.is_not(None) if contradicted else by.is_(None))
    return await page(session, statement, by=[(col(Candidate.id), uuid.UUID)], query=query)


async def of_facts(
    session: AsyncSession, event_type: str, uscc: str, facts: Mapping[str, str | None]
) -> Sequence[Candidate]:
    """The candidates of one type that say these facts of themselves, locked; None: not said, or null."""
    said = [Candidate.facts.op("->>")(name).is_not_distinct_from(value) for name, value in facts.items()]  # type: ignore[attr-defined]
    statement = select(Candidate).where(Candidate.uscc == uscc, Candidate.event_type == event_type, *said)
    return (await session.exec(locking(statement.order_by(col(Candidate.id))))).all()


async def records_of(session: AsyncSession, candidates: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Record by candidate, for those that became one."""
    found = await session.exec(
        select(Record.candidate_id, Record.id).where(col(Record.candidate_id).in_(candidates))
    )
    return {candidate: record for candidate, record in found if candidate is not None}


async def count_open(session: AsyncSession, uscc: str) -> int:
    statement = select(sa.func.count()).select_from(Candidate)
    return (await session.exec(statement.where(Candidate.uscc == uscc, Candidate.state == "open"))).one()
