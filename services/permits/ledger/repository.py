"""SQL of the ledger."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from services.kit.pages import PageQuery, page
from services.permits.batches.repository import uncorrected
from services.permits.ledger.models import LedgerEntry


@dataclass(frozen=True, slots=True)
class Filters:
    """Which entries of one permit, which the caller may read."""

    permit_number: str
    kind: str | None = None
    facility_code: str | None = None
    happened_from: datetime | None = None
    happened_before: datetime | None = None
    current: bool = False
    """Only what was not corrected."""


def _wanted(filters: Filters) -> SelectOfScalar[LedgerEntry]:
    statement = select(LedgerEntry).where(LedgerEntry.permit_number == filters.permit_number)
    if filters.kind is not None:
        statement = statement.where(LedgerEntry.kind == filters.kind)
    if filters.facility_code is not None:
        statement = statement.where(LedgerEntry.facility_code == filters.facility_code)
    if filters.happened_from is not None:
        statement = statement.where(LedgerEntry.happened_at >= filters.happened_from)
    if filters.happened_before is not None:
        statement = statement.where(LedgerEntry.happened_at < filters.happened_before)
    if filters.current:
        statement = statement.where(uncorrected(LedgerEntry))
    return statement


async def page_of(
    session: AsyncSession, filters: Filters, *, query: PageQuery
) -> tuple[list[LedgerEntry], str | None]:
    """In the order in which it happened."""
    by = [(col(LedgerEntry.happened_at), datetime), (col(LedgerEntry.id), uuid.UUID)]
    return await page(session, _wanted(filters), by=by, query=query)


async def totals(session: AsyncSession, filters: Filters) -> list[sa.Row[Any]]:
    """Sums of quantity and hours by kind, facility, name and unit. Corrected entries do not count."""
    rows = _wanted(filters).where(uncorrected(LedgerEntry)).subquery().c
    name, unit = rows.details["name"].astext, rows.details["unit"].astext
    groups = (rows.kind, rows.facility_code, name.label("name"), unit.label("unit"))
    statement = (
        sa.select(
            *groups,
            sa.func.count().label("count"),
            sa.func.sum(sa.cast(rows.details["quantity"].astext, sa.Numeric)).label("quantity"),
            sa.func.sum(sa.cast(rows.details["run_hours"].astext, sa.Numeric)).label("run_hours"),
        )
        .group_by(rows.kind, rows.facility_code, name, unit)
        .order_by(rows.kind, rows.facility_code, name, unit)
    )
    return list(await session.exec(statement))  # type: ignore[call-overload]
