"""SQL of replacements."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import Statement, within_sites
from services.permits.endings.repository import holds_no_more
from services.permits.replacements.models import CertificateCopy, ReplacementRequest


def _within(rows: RowScope, statement: Statement) -> Statement:
    return within_sites(
        rows, statement, col(ReplacementRequest.uscc), site=col(ReplacementRequest.permit_number)
    )


_ISSUED = col(ReplacementRequest.id).in_(select(CertificateCopy.request_id))


def _waits(today: date) -> sa.ColumnElement[bool]:
    """For its certificate, which can be given: the permit is in force."""
    return sa.and_(~_ISSUED, ~holds_no_more(col(ReplacementRequest.permit_id), today))


async def by_id(session: AsyncSession, request_id: uuid.UUID, *, rows: RowScope) -> ReplacementRequest | None:
    statement = _within(rows, select(ReplacementRequest).where(ReplacementRequest.id == request_id))
    return (await session.exec(statement)).first()


async def waiting(session: AsyncSession, until: date, *, today: date) -> Sequence[ReplacementRequest]:
    """Requests of permits in force whose certificate was not given, and is due by `until`; oldest first."""
    statement = select(ReplacementRequest).where(_waits(today), col(ReplacementRequest.due_on) <= until)
    return (await session.exec(statement.order_by(col(ReplacementRequest.id)))).all()


async def provisional(session: AsyncSession) -> Sequence[ReplacementRequest]:
    """Requests whose certificate was not given and whose last day is provisional."""
    statement = select(ReplacementRequest).where(~_ISSUED, col(ReplacementRequest.provisional))
    return (await session.exec(statement.order_by(col(ReplacementRequest.id)))).all()


async def open_for(session: AsyncSession, permit_id: uuid.UUID) -> ReplacementRequest | None:
    statement = select(ReplacementRequest).where(ReplacementRequest.permit_id == permit_id, ~_ISSUED)
    return (await session.exec(statement)).first()


async def copies_given(session: AsyncSession, permit_id: uuid.UUID) -> int:
    statement = (
        select(sa.func.count()).select_from(CertificateCopy).where(CertificateCopy.permit_id == permit_id)
    )
    return (await session.exec(statement)).one()


async def copies_of(
    session: AsyncSession, request_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, CertificateCopy]:
    statement = select(CertificateCopy).where(col(CertificateCopy.request_id).in_(request_ids))
    return {each.request_id: each for each in await session.exec(statement)}


async def page_of(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    permit_number: str | None,
    uscc: str | None,
    state: str | None,
    overdue_on: date | None,
) -> tuple[list[ReplacementRequest], str | None]:
    """Newest first; `overdue_on`: those due before this day that are not issued and can be: the permit is in force."""
    statement = _within(rows, select(ReplacementRequest))
    if permit_number is not None:
        statement = statement.where(ReplacementRequest.permit_number == permit_number)
    if uscc is not None:
        statement = statement.where(ReplacementRequest.uscc == uscc)
    if overdue_on is not None:
        statement = statement.where(_waits(overdue_on), col(ReplacementRequest.due_on) < overdue_on)
    if state is not None:
        statement = statement.where(_ISSUED if state == "issued" else ~_ISSUED)
    by = [(col(ReplacementRequest.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query, descending=True)
