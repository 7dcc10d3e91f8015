"""SQL that finds permits: by what they say today, how they stand and where they lie. For everybody's lists."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import within_sites
from services.permits.endings import repository as endings
from services.permits.enterprises.models import Enterprise
from services.permits.permits.filters import PermitFilter
from services.permits.permits.models import Outlet, Permit, PermitVersion
from services.permits.permits.repository import SITE_REGION, shown_version

Bounds = tuple[Decimal, Decimal, Decimal, Decimal]

FEW = 1000
"""So many permits of one division are looked at one by one."""


@dataclass(frozen=True, slots=True)
class PermitRow:
    """A permit with the version shown, whose it is, and where: amid its outlets, else at the enterprise's place.

    The enterprise's is not that of a site that the permit says to lie in another division: that is not known.
    """

    permit: Permit
    version: PermitVersion
    enterprise: Enterprise
    longitude: Decimal | None
    latitude: Decimal | None

    def listed(self) -> dict[str, Any]:
        """What every list says of a permit, but for the name of its site."""
        return {
            **self.permit.model_dump(include={"permit_number", "uscc", "current_version"}),
            **self.version.model_dump(include=_OF_VERSION),
            "enterprise_name": self.enterprise.name,
            "region_code": region_of(self.version, self.enterprise),
        }


_OF_VERSION = {"version", "management_class", "industry_code", "valid_from", "valid_to", "issued_on"}


async def page_of(
    session: AsyncSession,
    *,
    query: PageQuery,
    wanted: PermitFilter,
    rows: RowScope,
    day: date,
    within: Bounds | None = None,
) -> tuple[list[PermitRow], str | None]:
    """Permits in the order of their numbers; `within`: only those whose place is known to lie there."""
    statement = within_sites(rows, select(Permit), col(Permit.uscc), site=col(Permit.permit_number))
    if wanted.uscc is not None:
        statement = statement.where(Permit.uscc == wanted.uscc)
    if wanted.permit_number is not None:
        begins = col(Permit.permit_number).startswith(wanted.permit_number, autoescape=True)
        statement = statement.where(begins)
    if wanted.name is not None:
        statement = statement.where(_of(col(Enterprise.name).contains(wanted.name, autoescape=True)))
    if wanted.region_code is not None:
        statement = statement.where(_lying_in(wanted.region_code, day))
        few = await _few_in(session, wanted.region_code)
        if few is not None:
            statement = statement.where(col(Permit.id) == sa.any_(sa.literal(few, sa.ARRAY(sa.Uuid()))))
    if of_version := _of_version(wanted):
        statement = statement.where(_saying(of_version, day))
    if wanted.standing is not None:
        statement = statement.where(endings.standing_is(wanted.standing, day))
    if within is not None:
        statement = _inside(statement, within, day)
    found, following = await page(session, statement, by=[(col(Permit.permit_number), str)], query=query)
    return await _complete(session, found, day), following


def _inside(statement: SelectOfScalar[Permit], within: Bounds, day: date) -> SelectOfScalar[Permit]:
    west, south, east, north = within
    at_enterprise = ~_saying([Enterprise.region_code != SITE_REGION], day)
    longitude, latitude = (
        sa.func.coalesce(_middle(of_outlet, day), sa.case((at_enterprise, of_enterprise)))
        for of_outlet, of_enterprise in (
            (Outlet.longitude, Enterprise.longitude),
            (Outlet.latitude, Enterprise.latitude),
        )
    )
    return (
        statement.join(Enterprise, col(Enterprise.uscc) == Permit.uscc)
        .where(longitude.between(west, east))
        .where(latitude.between(south, north))
    )


def _middle(column: Any, day: date) -> Any:
    """Of the outlets of the version that is shown, those whose place the permit states."""
    shown = (PermitVersion.permit_id == Permit.id, PermitVersion.version == shown_version(day))
    mean = select(func.avg(column)).join(PermitVersion, col(PermitVersion.id) == Outlet.permit_version_id)
    placed = (col(Outlet.longitude).is_not(None), col(Outlet.latitude).is_not(None))
    return mean.where(*shown, *placed).scalar_subquery()


def _of(condition: Any) -> Any:
    """The enterprise is so."""
    return col(Permit.uscc).in_(select(Enterprise.uscc).where(condition))


def _lying_in(region: str, day: date) -> Any:
    """`region_of` the version that is shown begins so."""
    unsaid = ~_saying([SITE_REGION.is_not(None)], day)
    inherited = sa.and_(_of(col(Enterprise.region_code).startswith(region, autoescape=True)), unsaid)
    return sa.or_(inherited, _saying([SITE_REGION.startswith(region, autoescape=True)], day))


async def _few_in(session: AsyncSession, region: str) -> list[uuid.UUID] | None:
    """The permits that may lie in a division where these are few; None where they are many.

    In the order of their numbers a page of many is full soon, and one of few only at the end of the register.
    """
    possible = _possibly_in(region).limit(FEW + 1).subquery()
    few = list(await session.exec(select(possible.c.id)))
    return few if len(few) <= FEW else None


def _possibly_in(region: str) -> sa.CompoundSelect[tuple[uuid.UUID]]:
    """Whose enterprise lies there, or of which some version says that its site does."""
    of_enterprise = (
        select(Permit.id)
        .join(Enterprise, col(Enterprise.uscc) == Permit.uscc)
        .where(col(Enterprise.region_code).startswith(region, autoescape=True))
    )
    said = select(PermitVersion.permit_id).where(SITE_REGION.startswith(region, autoescape=True))
    return sa.union_all(of_enterprise, said)


def _of_version(wanted: PermitFilter) -> list[Any]:
    conditions: list[Any] = []
    if wanted.management_class is not None:
        conditions.append(PermitVersion.management_class == wanted.management_class)
    if wanted.industry_code is not None:
        begins = col(PermitVersion.industry_code).startswith(wanted.industry_code, autoescape=True)
        conditions.append(begins)
    return conditions


def _saying(conditions: list[Any], day: date) -> Any:
    """The version that is shown says so."""
    shown = PermitVersion.version == shown_version(day)
    return select(PermitVersion.id).where(PermitVersion.permit_id == Permit.id, shown, *conditions).exists()


async def _complete(session: AsyncSession, permits: Sequence[Permit], day: date) -> list[PermitRow]:
    """Three statements a page, however many permits it has."""
    if not permits:
        return []
    versions = await session.exec(
        select(PermitVersion)
        .join(Permit, col(Permit.id) == PermitVersion.permit_id)
        .where(col(Permit.id).in_([permit.id for permit in permits]))
        .where(PermitVersion.version == shown_version(day))
    )
    by_permit = {version.permit_id: version for version in versions}
    enterprises = await session.exec(
        select(Enterprise).where(col(Enterprise.uscc).in_({permit.uscc for permit in permits}))
    )
    by_uscc = {enterprise.uscc: enterprise for enterprise in enterprises}
    places = await _places(session, [version.id for version in by_permit.values()])
    return [
        _row(permit, by_permit[permit.id], by_uscc[permit.uscc], places.get(by_permit[permit.id].id))
        for permit in permits
    ]


def _row(
    permit: Permit,
    version: PermitVersion,
    enterprise: Enterprise,
    place: tuple[Decimal, Decimal] | None,
) -> PermitRow:
    elsewhere = region_of(version, enterprise) != enterprise.region_code
    longitude, latitude = place or (
        (None, None) if elsewhere else (enterprise.longitude, enterprise.latitude)
    )
    return PermitRow(permit, version, enterprise, longitude, latitude)


def region_of(version: PermitVersion, enterprise: Enterprise) -> str:
    """条例 art. 6: the division (GB/T 2260) of the site, as the version says; else that of the enterprise."""
    said: str | None = version.terms.get("site_region_code")
    return said or enterprise.region_code


async def _places(
    session: AsyncSession, versions: Sequence[uuid.UUID]
) -> dict[uuid.UUID, tuple[Decimal, Decimal]]:
    """The middle of the outlets of each version, where it states their places."""
    statement = (
        select(
            Outlet.permit_version_id,
            func.round(func.avg(Outlet.longitude), 6),
            func.round(func.avg(Outlet.latitude), 6),
        )
        .where(col(Outlet.permit_version_id).in_(versions))
        .where(col(Outlet.longitude).is_not(None), col(Outlet.latitude).is_not(None))
        .group_by(col(Outlet.permit_version_id))
    )
    rows = await session.exec(statement)
    return {version: (longitude, latitude) for version, longitude, latitude in rows}
