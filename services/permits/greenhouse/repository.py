"""SQL of key emitters and their reports."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import matching, within
from services.permits.enterprises.models import Enterprise
from services.permits.fuels.models import FuelFactRow
from services.permits.greenhouse.models import (
    EmitterNotice,
    GreenhouseFact,
    GreenhouseReport,
    GreenhouseStep,
    GreenhouseUnit,
    GreenhouseVersion,
)
from services.permits.obligations.rules_notices import Step

DISCLOSED = ("forwarded", "verified", "fed_back")


async def unit(
    session: AsyncSession, uscc: str, year: int, *, rows: RowScope, lock: bool = False
) -> GreenhouseUnit | None:
    statement = select(GreenhouseUnit).where(GreenhouseUnit.uscc == uscc, GreenhouseUnit.year == year)
    statement = within(rows, statement, col(GreenhouseUnit.uscc))
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def page_of_units(
    session: AsyncSession, *, rows: RowScope, query: PageQuery, year: int | None, uscc: str | None
) -> tuple[list[GreenhouseUnit], str | None]:
    statement = within(rows, select(GreenhouseUnit), col(GreenhouseUnit.uscc))
    if year is not None:
        statement = statement.where(GreenhouseUnit.year == year)
    if uscc is not None:
        statement = statement.where(GreenhouseUnit.uscc == uscc)
    by = [(col(GreenhouseUnit.year), int), (col(GreenhouseUnit.uscc), str)]
    return await page(session, statement, by=by, query=query)


async def reports_of(
    session: AsyncSession, units: Collection[tuple[str, int]]
) -> dict[tuple[str, int], GreenhouseReport]:
    key = sa.tuple_(col(GreenhouseReport.uscc), col(GreenhouseReport.year))
    found = await session.exec(select(GreenhouseReport).where(key.in_(units)))
    return {(each.uscc, each.year): each for each in found}


async def by_id(
    session: AsyncSession, report_id: uuid.UUID, *, rows: RowScope, lock: bool = False
) -> GreenhouseReport | None:
    statement = select(GreenhouseReport).where(GreenhouseReport.id == report_id)
    statement = within(rows, statement, col(GreenhouseReport.uscc))
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def page_of(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    uscc: str | None,
    year: int | None,
    state: str | None,
) -> tuple[list[GreenhouseReport], str | None]:
    """Newest first."""
    statement = within(rows, select(GreenhouseReport), col(GreenhouseReport.uscc))
    statement = matching(
        statement,
        (col(GreenhouseReport.uscc), uscc),
        (col(GreenhouseReport.year), year),
        (col(GreenhouseReport.state), state),
    )
    by = [(col(GreenhouseReport.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query, descending=True)


async def not_fed_back(session: AsyncSession, day: date) -> dict[uuid.UUID, date]:
    """The verified reports whose result is to be fed back by `day` and was not, each with its last day."""
    last, given = col(GreenhouseReport.feedback_due_on), col(GreenhouseReport.fed_back_on)
    statement = select(GreenhouseReport.id, last).where(last <= day, given.is_(None))
    return {report_id: due_on for report_id, due_on in await session.exec(statement) if due_on is not None}


async def provisional_feedback(session: AsyncSession) -> Sequence[GreenhouseReport]:
    """The verified reports that were not fed back and whose last day is provisional."""
    statement = select(GreenhouseReport).where(
        col(GreenhouseReport.feedback_provisional), col(GreenhouseReport.fed_back_on).is_(None)
    )
    return (await session.exec(statement.order_by(col(GreenhouseReport.id)))).all()


async def unreported(session: AsyncSession) -> Sequence[GreenhouseUnit]:
    """Who has to report a year and did not; the oldest year first."""
    statement = select(GreenhouseUnit).where(~_reported())
    order = (col(GreenhouseUnit.year), col(GreenhouseUnit.uscc))
    return (await session.exec(statement.order_by(*order))).all()


async def unreported_locked(session: AsyncSession, uscc: str, year: int) -> GreenhouseUnit | None:
    """One of these; nobody reports until the transaction is over."""
    statement = select(GreenhouseUnit).where(GreenhouseUnit.uscc == uscc, GreenhouseUnit.year == year)
    await session.exec(statement.with_for_update())
    return (await session.exec(statement.where(~_reported()))).first()


def _reported() -> sa.Exists:
    statement = sa.select(sa.literal(1)).where(
        col(GreenhouseReport.uscc) == GreenhouseUnit.uscc, col(GreenhouseReport.year) == GreenhouseUnit.year
    )
    return statement.correlate_except(GreenhouseReport).exists()


async def told_of(
    session: AsyncSession, units: Collection[tuple[str, int]]
) -> set[tuple[str, int, date, str]]:
    """Emitter, year, due day and step of all that was told of these."""
    key = sa.tuple_(col(EmitterNotice.uscc), col(EmitterNotice.year))
    found = await session.exec(select(EmitterNotice).where(key.in_(units)))
    return {(each.uscc, each.year, each.due_on, each.step) for each in found}


async def note(
    session: AsyncSession, unit: GreenhouseUnit, step: Step, due_on: date, moment: datetime
) -> bool:
    """Keeps that somebody was told of an emitter's report; False where that had been kept before."""
    row = insert(EmitterNotice).values(
        uscc=unit.uscc, year=unit.year, due_on=due_on, step=step.name, level=step.level, noticed_at=moment
    )
    kept = row.on_conflict_do_nothing().returning(sa.literal(1))
    return (await session.exec(kept)).first() is not None


async def version_of(session: AsyncSession, report_id: uuid.UUID, version: int) -> GreenhouseVersion | None:
    statement = select(GreenhouseVersion).where(
        GreenhouseVersion.report_id == report_id, GreenhouseVersion.version == version
    )
    return (await session.exec(statement)).first()


async def facts_of(session: AsyncSession, version_id: uuid.UUID) -> Sequence[GreenhouseFact]:
    statement = select(GreenhouseFact).where(GreenhouseFact.version_id == version_id)
    return (await session.exec(statement.order_by(col(GreenhouseFact.fact_id)))).all()


async def steps_of(session: AsyncSession, report_id: uuid.UUID) -> Sequence[GreenhouseStep]:
    statement = select(GreenhouseStep).where(GreenhouseStep.report_id == report_id)
    return (await session.exec(statement.order_by(col(GreenhouseStep.id)))).all()


async def disclosed(
    session: AsyncSession, *, query: PageQuery, year: int | None
) -> tuple[list[GreenhouseReport], str | None]:
    """Reports that went to the region: what is not final yet is not published."""
    statement = select(GreenhouseReport).where(col(GreenhouseReport.state).in_(DISCLOSED))
    if year is not None:
        statement = statement.where(GreenhouseReport.year == year)
    by = [(col(GreenhouseReport.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query, descending=True)


async def names_of(session: AsyncSession, usccs: Collection[str]) -> dict[str, str]:
    rows = await session.exec(select(Enterprise.uscc, Enterprise.name).where(col(Enterprise.uscc).in_(usccs)))
    return dict(rows.all())


async def sites_of(
    session: AsyncSession, reports: Collection[GreenhouseReport]
) -> dict[uuid.UUID, list[str]]:
    """The sites whose fuel the newest version of each report rests on."""
    statement = (
        select(GreenhouseVersion.report_id, FuelFactRow.permit_number)
        .join(GreenhouseReport, col(GreenhouseReport.id) == GreenhouseVersion.report_id)
        .join(GreenhouseFact, col(GreenhouseFact.version_id) == GreenhouseVersion.id)
        .join(FuelFactRow, col(FuelFactRow.id) == GreenhouseFact.fact_id)
        .where(
            col(GreenhouseVersion.report_id).in_([each.id for each in reports]),
            GreenhouseVersion.version == GreenhouseReport.version,
        )
        .distinct()
        .order_by(col(FuelFactRow.permit_number))
    )
    found: dict[uuid.UUID, list[str]] = {}
    for report_id, permit_number in await session.exec(statement):
        found.setdefault(report_id, []).append(permit_number)
    return found
