"""SQL of permits."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import within_sites
from services.permits.permits.models import EmissionLimit, Outlet, Permit, PermitVersion


async def by_number(session: AsyncSession, number: str, *, rows: RowScope) -> Permit | None:
    statement = within_sites(
        rows,
        select(Permit).where(Permit.permit_number == number),
        col(Permit.uscc),
        site=col(Permit.permit_number),
    )
    return (await session.exec(statement)).first()


async def page_of(
    session: AsyncSession, *, rows: RowScope, query: PageQuery, uscc: str | None
) -> tuple[list[Permit], str | None]:
    statement = within_sites(rows, select(Permit), col(Permit.uscc), site=col(Permit.permit_number))
    if uscc is not None:
        statement = statement.where(Permit.uscc == uscc)
    return await page(session, statement, by=[(col(Permit.permit_number), str)], query=query)


async def version_on(session: AsyncSession, permit_id: uuid.UUID, day: date | None) -> PermitVersion | None:
    """The version that holds on `day`; without a day, the newest."""
    statement = select(PermitVersion).where(PermitVersion.permit_id == permit_id)
    if day is not None:
        statement = statement.where(PermitVersion.valid_from <= day, PermitVersion.valid_to >= day)
    return (await session.exec(statement.order_by(col(PermitVersion.version).desc()))).first()


async def outlets_of(
    session: AsyncSession, version_id: uuid.UUID
) -> list[tuple[Outlet, Sequence[EmissionLimit]]]:
    """The outlets of a version in order of their codes, each with its limits."""
    outlets = await session.exec(
        select(Outlet).where(Outlet.permit_version_id == version_id).order_by(col(Outlet.code))
    )
    found: list[tuple[Outlet, list[EmissionLimit]]] = [(outlet, []) for outlet in outlets]
    by_outlet = {outlet.id: limits for outlet, limits in found}
    limits = await session.exec(
        select(EmissionLimit)
        .where(col(EmissionLimit.outlet_id).in_(by_outlet))
        .order_by(col(EmissionLimit.pollutant_code), col(EmissionLimit.kind), col(EmissionLimit.valid_from))
    )
    for limit in limits:
        by_outlet[limit.outlet_id].append(limit)
    return [(outlet, of_outlet) for outlet, of_outlet in found]
