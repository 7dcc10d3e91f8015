"""SQL of fuel facts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import matching, within_sites
from services.permits.fuels.models import FuelFactRow, FuelFactVersion
from services.permits.permits.models import Permit

IS_STATED = sa.exists().where(
    col(FuelFactRow.permit_number) == sa.bindparam("permit_number", type_=sa.Text()),
    col(FuelFactRow.period_start) >= sa.bindparam("first_day", type_=sa.Date()),
    col(FuelFactRow.period_end) <= sa.bindparam("last_day", type_=sa.Date()),
)
"""Whether there are facts of a permit whose period lies within these days, for a statement that is made anyway."""


async def lock_permit(session: AsyncSession, permit_number: str, *, rows: RowScope) -> Permit | None:
    """The permit whose facts are about to change: two never record the same days at once."""
    statement = within_sites(
        rows,
        select(Permit).where(Permit.permit_number == permit_number),
        col(Permit.uscc),
        site=col(Permit.permit_number),
    )
    return (await session.exec(statement.with_for_update(key_share=True))).first()


async def by_id(
    session: AsyncSession, fact_id: uuid.UUID, *, rows: RowScope, lock: bool = False
) -> FuelFactRow | None:
    statement = within_sites(
        rows,
        select(FuelFactRow).where(FuelFactRow.id == fact_id),
        col(FuelFactRow.uscc),
        site=col(FuelFactRow.permit_number),
    )
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def versions_of(
    session: AsyncSession, fact_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, list[FuelFactVersion]]:
    """Every version of these facts, oldest first."""
    statement = (
        select(FuelFactVersion)
        .where(col(FuelFactVersion.fact_id).in_(set(fact_ids)))
        .order_by(col(FuelFactVersion.version))
    )
    found: dict[uuid.UUID, list[FuelFactVersion]] = {}
    for version in await session.exec(statement):
        found.setdefault(version.fact_id, []).append(version)
    return found


async def of_fuel(session: AsyncSession, permit_number: str, fuel: str) -> Sequence[FuelFactRow]:
    statement = select(FuelFactRow).where(
        FuelFactRow.permit_number == permit_number, FuelFactRow.fuel == fuel
    )
    return (await session.exec(statement)).all()


async def within(
    session: AsyncSession,
    start: date,
    end: date,
    *,
    uscc: str | None = None,
    permit_number: str | None = None,
) -> Sequence[FuelFactRow]:
    """The facts whose period lies within these days, by site, fuel and time."""
    statement = select(FuelFactRow).where(FuelFactRow.period_start >= start, FuelFactRow.period_end <= end)
    if uscc is not None:
        statement = statement.where(FuelFactRow.uscc == uscc)
    if permit_number is not None:
        statement = statement.where(FuelFactRow.permit_number == permit_number)
    order = (FuelFactRow.permit_number, FuelFactRow.fuel, FuelFactRow.period_start, FuelFactRow.id)
    return (await session.exec(statement.order_by(*(col(each) for each in order)))).all()


async def page_of(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    uscc: str | None,
    permit_number: str | None,
    fuel: str | None,
) -> tuple[list[FuelFactRow], str | None]:
    """By the end of their periods."""
    statement = within_sites(
        rows, select(FuelFactRow), col(FuelFactRow.uscc), site=col(FuelFactRow.permit_number)
    )
    statement = matching(
        statement,
        (col(FuelFactRow.uscc), uscc),
        (col(FuelFactRow.permit_number), permit_number),
        (col(FuelFactRow.fuel), fuel),
    )
    by = [(col(FuelFactRow.period_end), date), (col(FuelFactRow.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query)
