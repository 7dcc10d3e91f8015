"""SQL of performance classes and measures."""

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
from services.permits.enterprises.models import Enterprise
from services.permits.performance.models import (
    MeasurePlan,
    MeasureRow,
    PerformanceClass,
    PerformanceDeclaration,
    PerformanceStep,
)
from services.permits.performance.rules import State
from services.permits.permits.models import Permit

DECLARATIONS = "/v1/permits/performance/declarations/"
"""What the subject of a class's notice begins with; its declaration's id follows."""


async def permit(session: AsyncSession, number: str, *, rows: RowScope, lock: bool = False) -> Permit | None:
    """`lock`: nobody else gives a class or files a sheet for it until the transaction ends."""
    statement = within_sites(
        rows,
        select(Permit).where(Permit.permit_number == number),
        col(Permit.uscc),
        site=col(Permit.permit_number),
    )
    return (await session.exec(statement.with_for_update(key_share=True) if lock else statement)).first()


async def declaration(
    session: AsyncSession, declaration_id: uuid.UUID, *, rows: RowScope, lock: bool = False
) -> PerformanceDeclaration | None:
    statement = within_sites(
        rows,
        select(PerformanceDeclaration).where(PerformanceDeclaration.id == declaration_id),
        col(PerformanceDeclaration.uscc),
        site=col(PerformanceDeclaration.permit_number),
    )
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def is_noticed(session: AsyncSession, subject: str) -> bool:
    """Whether this is the path of a declaration whose class may yet take effect after its notice."""
    path = sa.func.concat(DECLARATIONS, sa.cast(col(PerformanceDeclaration.id), sa.Text))
    statement = select(PerformanceDeclaration.id).where(
        path == subject, PerformanceDeclaration.state == State.NOTICED
    )
    return (await session.exec(statement)).first() is not None


async def page_of_declarations(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    uscc: str | None,
    permit_number: str | None,
    state: str | None,
) -> tuple[list[PerformanceDeclaration], str | None]:
    """Newest first."""
    statement = within_sites(
        rows,
        select(PerformanceDeclaration),
        col(PerformanceDeclaration.uscc),
        site=col(PerformanceDeclaration.permit_number),
    )
    statement = matching(
        statement,
        (col(PerformanceDeclaration.uscc), uscc),
        (col(PerformanceDeclaration.permit_number), permit_number),
        (col(PerformanceDeclaration.state), state),
    )
    by = [(col(PerformanceDeclaration.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query, descending=True)


async def steps_of(
    session: AsyncSession, declarations: Iterable[uuid.UUID]
) -> dict[uuid.UUID, list[PerformanceStep]]:
    statement = (
        select(PerformanceStep)
        .where(col(PerformanceStep.declaration_id).in_(set(declarations)))
        .order_by(col(PerformanceStep.id))
    )
    found: dict[uuid.UUID, list[PerformanceStep]] = {}
    for step in await session.exec(statement):
        found.setdefault(step.declaration_id, []).append(step)
    return found


async def classes_of(session: AsyncSession, permit_number: str) -> Sequence[PerformanceClass]:
    """All that were given, in the order in which they take effect."""
    statement = select(PerformanceClass).where(PerformanceClass.permit_number == permit_number)
    order = (col(PerformanceClass.effective_from), col(PerformanceClass.sequence))
    return (await session.exec(statement.order_by(*order))).all()


async def classes_on(
    session: AsyncSession, day: date, *, query: PageQuery, given_class: str | None
) -> tuple[list[PerformanceClass], str | None]:
    """The class of each site on a day, by permit number: public."""
    order = (col(PerformanceClass.effective_from).desc(), col(PerformanceClass.sequence).desc())
    place = sa.func.row_number().over(partition_by=col(PerformanceClass.permit_number), order_by=order)
    begun = (
        select(PerformanceClass.id, place.label("place"))
        .where(PerformanceClass.effective_from <= day)
        .subquery()
    )
    statement = select(PerformanceClass).where(
        col(PerformanceClass.id).in_(sa.select(begun.c.id).where(begun.c.place == 1))
    )
    if given_class is not None:
        statement = statement.where(PerformanceClass.given_class == given_class)
    return await page(session, statement, by=[(col(PerformanceClass.permit_number), str)], query=query)


async def noticed_on(
    session: AsyncSession, day: date, *, query: PageQuery
) -> tuple[list[PerformanceDeclaration], str | None]:
    """Declarations whose notice runs on that day: public."""
    statement = select(PerformanceDeclaration).where(
        PerformanceDeclaration.state == "noticed",
        col(PerformanceDeclaration.notice_from) <= day,
        col(PerformanceDeclaration.notice_until) >= day,
    )
    by = [(col(PerformanceDeclaration.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query)


async def provisional_notices(session: AsyncSession) -> Sequence[PerformanceDeclaration]:
    """Declarations under public notice whose last day is provisional."""
    statement = select(PerformanceDeclaration).where(
        PerformanceDeclaration.state == State.NOTICED, col(PerformanceDeclaration.notice_provisional)
    )
    return (await session.exec(statement.order_by(col(PerformanceDeclaration.id)))).all()


async def names_of(session: AsyncSession, permit_numbers: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Enterprise and site of each permit, by their names."""
    statement = (
        select(Permit.permit_number, Enterprise.name, Permit.site_name)
        .join(Enterprise, col(Enterprise.uscc) == Permit.uscc)
        .where(col(Permit.permit_number).in_(set(permit_numbers)))
    )
    return {number: (name, site) for number, name, site in await session.exec(statement)}


async def plan(
    session: AsyncSession, plan_id: uuid.UUID, *, rows: RowScope, lock: bool = False
) -> MeasurePlan | None:
    statement = within_sites(
        rows,
        select(MeasurePlan).where(MeasurePlan.id == plan_id),
        col(MeasurePlan.uscc),
        site=col(MeasurePlan.permit_number),
    )
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def last_version(session: AsyncSession, permit_number: str) -> int:
    newest = select(sa.func.coalesce(sa.func.max(MeasurePlan.version), 0)).where(
        MeasurePlan.permit_number == permit_number
    )
    return (await session.exec(newest)).one()


async def plan_on(session: AsyncSession, permit_number: str, day: date) -> MeasurePlan | None:
    """The sheet that holds on a day: the newest of those that the bureau confirmed."""
    statement = (
        select(MeasurePlan)
        .where(
            MeasurePlan.permit_number == permit_number,
            MeasurePlan.state == "confirmed",
            MeasurePlan.effective_from <= day,
        )
        .order_by(col(MeasurePlan.effective_from).desc(), col(MeasurePlan.version).desc())
    )
    return (await session.exec(statement)).first()


async def page_of_plans(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    uscc: str | None,
    permit_number: str | None,
    state: str | None,
) -> tuple[list[MeasurePlan], str | None]:
    """Newest first."""
    statement = within_sites(
        rows, select(MeasurePlan), col(MeasurePlan.uscc), site=col(MeasurePlan.permit_number)
    )
    statement = matching(
        statement,
        (col(MeasurePlan.uscc), uscc),
        (col(MeasurePlan.permit_number), permit_number),
        (col(MeasurePlan.state), state),
    )
    by = [(col(MeasurePlan.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query, descending=True)


async def measures_of(
    session: AsyncSession, plans: Iterable[uuid.UUID], *, alert_level: str | None = None
) -> dict[uuid.UUID, list[MeasureRow]]:
    """The measures of each sheet in its order; of one alert level, where one is named."""
    statement = select(MeasureRow).where(col(MeasureRow.plan_id).in_(set(plans)))
    if alert_level is not None:
        statement = statement.where(MeasureRow.alert_level == alert_level)
    found: dict[uuid.UUID, list[MeasureRow]] = {}
    for row in await session.exec(statement.order_by(col(MeasureRow.line))):
        found.setdefault(row.plan_id, []).append(row)
    return found
