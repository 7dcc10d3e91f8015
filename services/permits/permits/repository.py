"""SQL of permits."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.driven import Driven
from services.kit.pages import PageQuery, page
from services.kit.scoping import within_sites
from services.permits.permits.models import (
    EmissionLimit,
    MonitoringPlanRow,
    Outlet,
    Permit,
    PermitVersion,
    PlantLimit,
    SpecialLimit,
)


def site_of(number: Any) -> Any:
    """What a number, a column, says of the site: all but its last character (HJ 608-2017), of a permit or a form."""
    return sa.func.left(number, 21)


async def by_number(
    session: AsyncSession, number: str, *, rows: RowScope, lock: bool = False
) -> Permit | None:
    statement = within_sites(
        rows,
        select(Permit).where(Permit.permit_number == number),
        col(Permit.uscc),
        site=col(Permit.permit_number),
    )
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def of_site(session: AsyncSession, number: str) -> dict[uuid.UUID, str]:
    """The other permits whose numbers name the same site: all but the last character (HJ 608-2017)."""
    site = col(Permit.permit_number).startswith(number[:-1], autoescape=True)
    statement = select(Permit.id, Permit.permit_number).where(
        col(Permit.uscc) == number[:18], site, col(Permit.permit_number) != number
    )
    return dict((await session.exec(statement)).all())


async def ids_of(session: AsyncSession, numbers: Collection[str]) -> Sequence[uuid.UUID]:
    """Of the permits with these numbers."""
    statement = select(Permit.id).where(col(Permit.permit_number).in_(numbers))
    return (await session.exec(statement.order_by(col(Permit.id)))).all()


_NEWEST = (
    select(PermitVersion)
    .where(PermitVersion.permit_id == sa.bindparam("permit_id"))
    .order_by(col(PermitVersion.version).desc())
)
_HOLDING = _NEWEST.where(
    PermitVersion.effective_from <= sa.bindparam("day"), PermitVersion.valid_to >= sa.bindparam("day")
)


def held(permit_id: Any, day: Any, *, known_at: datetime | None = None) -> Any:
    """Id and last day of the version that holds on `day`, else of the newest; of those first that there were then."""
    holds = sa.and_(col(PermitVersion.effective_from) <= day, col(PermitVersion.valid_to) >= day)
    known = [] if known_at is None else [(col(PermitVersion.created_at) <= known_at).desc()]
    return (
        sa.select(col(PermitVersion.id), col(PermitVersion.valid_to))
        .where(col(PermitVersion.permit_id) == permit_id)
        .order_by(*known, holds.desc(), col(PermitVersion.version).desc())
        .limit(1)
    )


SITE_REGION = col(PermitVersion.terms).op("->>", return_type=sa.Text())(
    sa.literal_column("'site_region_code'")
)
"""Where a version says that its site lies, if it does; worded as in its index, so that the planner finds that."""
_HELD = Driven(held(sa.bindparam("permit_id"), sa.bindparam("day")))


async def version_held(
    session: AsyncSession, permit_id: uuid.UUID, day: date, *, known_at: datetime | None = None
) -> tuple[uuid.UUID, date] | None:
    """The version that holds on `day`, else the newest: which it is, and its last day; as was known at `known_at`."""
    if known_at is not None:
        statement = held(permit_id, day, known_at=known_at)
        row = (await (await session.connection()).execute(statement)).first()
        return (row[0], row[1]) if row else None
    found = await _HELD.fetch(session, permit_id=permit_id, day=day)
    return (found[0][0], found[0][1]) if found else None


async def version_on(session: AsyncSession, permit_id: uuid.UUID, day: date | None) -> PermitVersion | None:
    """The version that holds on `day`; without a day, the newest."""
    if day is None:
        return (await session.exec(_NEWEST, params={"permit_id": permit_id})).first()
    return (await session.exec(_HOLDING, params={"permit_id": permit_id, "day": day})).first()


async def site_region(session: AsyncSession, number: str, day: date) -> str | None:
    """Where the version that holds on `day`, else the newest, says that the site lies (GB/T 2260), if it does."""
    permit = sa.select(col(Permit.id)).where(col(Permit.permit_number) == number).scalar_subquery()
    version = held(permit, day).subquery()
    found: str | None = (
        await session.exec(select(SITE_REGION).join(version, version.c.id == col(PermitVersion.id)))
    ).first()
    return found


def shown_version(day: date) -> Any:
    """Of each permit the number of the version that holds on `day`, or held last; of one to come, the newest."""
    begun = select(func.max(PermitVersion.version)).where(
        PermitVersion.permit_id == Permit.id, PermitVersion.effective_from <= day
    )
    return func.coalesce(begun.correlate(Permit).scalar_subquery(), Permit.current_version)


async def shown_on(session: AsyncSession, permit: Permit, day: date) -> int:
    """The number of the version to show of one permit on `day`."""
    statement = select(shown_version(day)).where(Permit.id == permit.id)
    shown: int = (await session.exec(statement)).one()
    return shown


async def version_numbered(session: AsyncSession, permit_id: uuid.UUID, number: int) -> PermitVersion | None:
    statement = select(PermitVersion).where(
        PermitVersion.permit_id == permit_id, PermitVersion.version == number
    )
    return (await session.exec(statement)).first()


async def versions_of(session: AsyncSession, permit_id: uuid.UUID) -> Sequence[PermitVersion]:
    """Every version, oldest first."""
    statement = select(PermitVersion).where(PermitVersion.permit_id == permit_id)
    return (await session.exec(statement.order_by(col(PermitVersion.version)))).all()


async def versions_page(
    session: AsyncSession, permit_id: uuid.UUID, *, query: PageQuery
) -> tuple[list[PermitVersion], str | None]:
    statement = select(PermitVersion).where(PermitVersion.permit_id == permit_id)
    return await page(session, statement, by=[(col(PermitVersion.version), int)], query=query)


async def plant_limits_of(session: AsyncSession, version_id: uuid.UUID) -> Sequence[PlantLimit]:
    """Yearly totals of a version that belong to no single outlet."""
    order = (PlantLimit.scope, PlantLimit.pollutant_code, PlantLimit.valid_from)
    statement = select(PlantLimit).where(PlantLimit.permit_version_id == version_id)
    return (await session.exec(statement.order_by(*map(col, order)))).all()


async def special_limits_of(session: AsyncSession, version_id: uuid.UUID) -> Sequence[SpecialLimit]:
    """Limits of special periods of a version, in a stable order."""
    order = (
        SpecialLimit.period,
        SpecialLimit.alert_level,
        SpecialLimit.outlet_code,
        SpecialLimit.pollutant_code,
        SpecialLimit.kind,
        SpecialLimit.valid_from,
    )
    statement = select(SpecialLimit).where(SpecialLimit.permit_version_id == version_id)
    return (await session.exec(statement.order_by(*map(col, order)))).all()


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


async def monitoring_of(session: AsyncSession, version_id: uuid.UUID) -> Sequence[MonitoringPlanRow]:
    """The rows of a version's self-monitoring plan, in a stable order."""
    order = (
        MonitoringPlanRow.outlet_code,
        MonitoringPlanRow.point,
        MonitoringPlanRow.pollutant_code,
        MonitoringPlanRow.means,
    )
    statement = select(MonitoringPlanRow).where(MonitoringPlanRow.permit_version_id == version_id)
    return (await session.exec(statement.order_by(*map(col, order)))).all()
