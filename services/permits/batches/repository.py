"""SQL of batches, and of what they are judged against."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.pages import PageQuery, page
from services.permits.batches.models import Batch, Record
from services.permits.batches.site import Site, VersionFacts
from services.permits.permits.models import EmissionLimit, MonitoringPlanRow, Outlet, Permit, PermitVersion

Made = TypeVar("Made", bound=Record)


async def by_id(session: AsyncSession, batch_id: uuid.UUID, *, permit_number: str, kind: str) -> Batch | None:
    """`permit_number` is one that the caller may read."""
    statement = select(Batch).where(
        Batch.id == batch_id, Batch.permit_number == permit_number, Batch.kind == kind
    )
    return (await session.exec(statement)).first()


async def page_of(
    session: AsyncSession, *, permit_number: str, kind: str, query: PageQuery
) -> tuple[list[Batch], str | None]:
    """Newest first; `permit_number` is one that the caller may read."""
    statement = select(Batch).where(Batch.permit_number == permit_number, Batch.kind == kind)
    return await page(session, statement, by=[(col(Batch.id), uuid.UUID)], query=query, descending=True)


async def record(
    session: AsyncSession, table: type[Made], permit_number: str, record_id: uuid.UUID
) -> Made | None:
    """`permit_number` is one that the caller may read."""
    return await session.get(table, (permit_number, record_id))


async def corrections_of(
    session: AsyncSession, table: type[Made], permit_number: str, ids: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, uuid.UUID]:
    """By record, the one that corrects it."""
    statement = select(table.supersedes, table.id).where(
        table.permit_number == permit_number, col(table.supersedes).in_(ids)
    )
    return {corrected: newer for corrected, newer in await session.exec(statement) if corrected is not None}


def uncorrected(table: type[Made]) -> sa.ColumnElement[bool]:
    """That a record of the table is the newest."""
    newer = aliased(table)
    return ~sa.exists().where(
        col(newer.permit_number) == table.permit_number, col(newer.supersedes) == table.id
    )


async def site_of(session: AsyncSession, permit: Permit) -> Site:
    """Every version of a permit with its outlets, their pollutants, and its monitoring plan."""
    wanted = select(PermitVersion).where(PermitVersion.permit_id == permit.id)
    versions = {version.id: version for version in await session.exec(wanted)}
    limits = (
        select(Outlet.permit_version_id, Outlet.code, EmissionLimit.pollutant_code)
        .join(EmissionLimit, col(EmissionLimit.outlet_id) == Outlet.id, isouter=True)
        .where(col(Outlet.permit_version_id).in_(versions))
        .distinct()
    )
    outlets: dict[uuid.UUID, dict[str, set[str]]] = {identity: {} for identity in versions}
    for identity, outlet, pollutant in await session.exec(limits):
        of_outlet = outlets[identity].setdefault(outlet, set())
        if pollutant is not None:
            of_outlet.add(pollutant)
    plans: dict[uuid.UUID, dict[tuple[str, str, str], uuid.UUID]] = {identity: {} for identity in versions}
    planned = select(MonitoringPlanRow).where(col(MonitoringPlanRow.permit_version_id).in_(versions))
    for row in await session.exec(planned):
        place = row.outlet_code or row.point or ""
        plans[row.permit_version_id][place, row.pollutant_code, row.means] = row.id
    facts = [
        VersionFacts(
            version.version,
            version.effective_from,
            version.valid_to,
            {outlet: frozenset(pollutants) for outlet, pollutants in outlets[identity].items()},
            plans[identity],
        )
        for identity, version in versions.items()
    ]
    return Site(permit.permit_number, sorted(facts, key=lambda each: each.version))
