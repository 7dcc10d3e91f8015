"""Use cases of key emitters: list them, preview the year, read reports."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal, RowScope
from services.kit.findings import Findings
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.permits.enterprises import repository as enterprises
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.fuels import service as fuels
from services.permits.fuels.facts import FuelFact
from services.permits.fuels.kinds import Fuel
from services.permits.fuels.schemas import FuelFactNamed, FuelFactNewer
from services.permits.greenhouse import repository, rules, views
from services.permits.greenhouse.errors import AlreadyListed, EmitterInvalid, GreenhouseReportNotFound
from services.permits.greenhouse.events import EMITTER_LISTED, EmitterListed
from services.permits.greenhouse.factors import Factors
from services.permits.greenhouse.models import GreenhouseReport, GreenhouseUnit
from services.permits.greenhouse.schemas import (
    EmitterCreate,
    EmitterRead,
    GreenhouseCreate,
    GreenhouseDisclosed,
    GreenhousePreview,
    GreenhouseRead,
    GreenhouseSummary,
    GreenhouseVersionRead,
)
from services.permits.greenhouse.sheet import sheet


async def list_emitter(
    session: AsyncSession, principal: Principal, content: EmitterCreate, *, factors: Factors
) -> EmitterRead:
    """Puts an enterprise on the year's list; a second time it is 409."""
    found = Findings()
    first = factors.reporting.first_year
    rules.check_listed_year(found, year=content.year, first=first, today=clock.today())
    found.raise_if_any(EmitterInvalid)
    if await enterprises.by_uscc(session, content.uscc, rows=principal.rows) is None:
        raise EnterpriseNotFound()
    unit = GreenhouseUnit(listed_by=principal.subject, listed_at=clock.now(), **content.model_dump())
    session.add(unit)
    try:
        await session.flush()
    except IntegrityError as error:
        raise AlreadyListed() from error
    deeds.record(
        session,
        principal,
        kind=EMITTER_LISTED,
        entity="greenhouse_unit",
        entity_id=f"{unit.uscc}/{unit.year}",
        subject=f"/v1/permits/greenhouse/emitters?uscc={unit.uscc}",
        owner=unit.uscc,
        after=content.model_dump(mode="json"),
        fact=EmitterListed(**content.model_dump()),
    )
    return _emitter(unit, None, factors)


async def emitter_also_wrong(_: AsyncSession, __: Principal, content: EmitterCreate) -> Findings:
    """What the rules say about a listing whose shape is wrong in places; not what the city's file decides."""
    found = Findings()
    rules.check_listed_year(found, year=content.year, first=None, today=clock.today())
    return found


def due_on(year: int, factors: Factors) -> date:
    return rules.due_on(year, month=factors.reporting.due_month, day=factors.reporting.due_day)


def _emitter(unit: GreenhouseUnit, report: GreenhouseReport | None, factors: Factors) -> EmitterRead:
    due = report.due_on if report else due_on(unit.year, factors)
    late = report.days_late if report else rules.days_late(due, clock.today())
    return EmitterRead.model_validate(
        {
            **unit.model_dump(include={"uscc", "year", "sector", "basis", "listed_at"}),
            "due_on": due,
            "report_id": report and report.id,
            "state": report and report.state,
            "days_late": late,
        }
    )


async def emitters(
    session: AsyncSession,
    rows: RowScope,
    *,
    query: PageQuery,
    year: int | None,
    uscc: str | None,
    factors: Factors,
) -> Page[EmitterRead]:
    """Who has to report, and who did."""
    found, following = await repository.page_of_units(session, rows=rows, query=query, year=year, uscc=uscc)
    reports = await repository.reports_of(session, [(each.uscc, each.year) for each in found])
    items = [_emitter(each, reports.get((each.uscc, each.year)), factors) for each in found]
    return Page(items=items, next_cursor=following)


async def facts_of_year(
    session: AsyncSession, uscc: str, year: int, *, kinds: Mapping[str, Fuel]
) -> list[FuelFact]:
    """Every fuel fact of the enterprise in that year, of all its sites."""
    start, end = date(year, 1, 1), date(year, 12, 31)
    return await fuels.fuel_facts(session, start, end, kinds=kinds, uscc=uscc)


async def preview(
    session: AsyncSession,
    rows: RowScope,
    *,
    uscc: str,
    year: int,
    factors: Factors,
    kinds: Mapping[str, Fuel],
) -> GreenhousePreview:
    """The year as it would be reported now; whoever is narrowed to some sites does not see the whole of it."""
    known = await enterprises.by_uscc(session, uscc, rows=rows)
    if known is None or not rows.covers(uscc):
        raise EnterpriseNotFound()
    facts = await facts_of_year(session, uscc, year, kinds=kinds)
    named = [FuelFactNamed(fact_id=each.fact_id, version=each.version) for each in facts]
    return GreenhousePreview(
        uscc=uscc,
        sheet=views.sheet_view(sheet(year, facts, (), factors), factors),
        submission=GreenhouseCreate(uscc=uscc, year=year, facts=named),
    )


async def report_of(
    session: AsyncSession, rows: RowScope, report_id: uuid.UUID, *, lock: bool = False
) -> GreenhouseReport:
    report = await repository.by_id(session, report_id, rows=rows, lock=lock)
    if report is None:
        raise GreenhouseReportNotFound()
    return report


async def read(session: AsyncSession, rows: RowScope, *, report_id: uuid.UUID) -> GreenhouseRead:
    """A report with its newest version, and which of the facts it rests on were corrected since."""
    report = await report_of(session, rows, report_id)
    newest = await repository.version_of(session, report.id, report.version)
    if newest is None:
        raise GreenhouseReportNotFound()
    used = {each.fact_id: each.fact_version for each in await repository.facts_of(session, newest.id)}
    now = await fuels.newest_of(session, list(used))
    corrected = [
        FuelFactNewer(fact_id=fact, used_version=version, newest_version=now[fact])
        for fact, version in used.items()
        if now[fact] != version
    ]
    steps = await repository.steps_of(session, report.id)
    return GreenhouseRead.model_validate(
        {
            **views.summary_view(report).model_dump(),
            "newest": views.version_view(newest),
            "steps": [views.step_view(each) for each in steps],
            "feedback": views.clock_view(report, today=clock.today()),
            "corrected_facts": corrected,
        }
    )


async def version(
    session: AsyncSession, rows: RowScope, *, report_id: uuid.UUID, version: int
) -> GreenhouseVersionRead:
    """One submission as it was signed, with the sheet of that day."""
    report = await report_of(session, rows, report_id)
    found = await repository.version_of(session, report.id, version)
    if found is None:
        raise GreenhouseReportNotFound()
    return views.version_view(found)


async def listing(
    session: AsyncSession,
    rows: RowScope,
    *,
    query: PageQuery,
    uscc: str | None,
    year: int | None,
    state: str | None,
) -> Page[GreenhouseSummary]:
    found, following = await repository.page_of(
        session, rows=rows, query=query, uscc=uscc, year=year, state=state
    )
    return Page(items=[views.summary_view(each) for each in found], next_cursor=following)


async def disclosed(
    session: AsyncSession, *, query: PageQuery, year: int | None, factors: Factors
) -> Page[GreenhouseDisclosed]:
    """碳交易条例 art. 11: amount, facilities and method are public."""
    found, following = await repository.disclosed(session, query=query, year=year)
    names = await repository.names_of(session, {each.uscc for each in found})
    sites = await repository.sites_of(session, found)
    items = [
        GreenhouseDisclosed(
            enterprise_name=names[each.uscc],
            method=factors.edition,
            sites=sites.get(each.id, []),
            **each.model_dump(include={"uscc", "year", "total_t", "verified_t"}),
        )
        for each in found
    ]
    return Page(items=items, next_cursor=following)
