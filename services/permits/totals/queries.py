"""SQL of the year's figures: what the permits allow and what the reports say, of the controlled pollutants."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import within_sites
from services.permits.permits.models import EmissionLimit, Outlet, Permit, PermitVersion, PlantLimit
from services.permits.reports.models import Report, ReportValue, ReportVersion
from services.permits.reports.rules_totals import NOTHING


@dataclass(frozen=True, slots=True)
class Held:
    """A permit in the version that held last in a year, and which year that is."""

    permit_number: str
    uscc: str
    site_name: str
    version_id: uuid.UUID
    version: int
    industry_code: str
    year: int


@dataclass(frozen=True, slots=True)
class Reported:
    """What one report says of one pollutant, in its newest version."""

    permit_number: str
    code: str
    report_id: uuid.UUID
    kind: str
    period_start: date
    period_end: date
    state: str
    version: int
    production_days: int
    amount_t: Decimal | None
    lines_without_amount: int


async def page_of_permits(
    session: AsyncSession, *, rows: RowScope, query: PageQuery, uscc: str | None, year: int
) -> tuple[list[Permit], str | None]:
    """The permits that held on some day of the year, by number."""
    held = _held_in(year)
    statement = within_sites(
        rows,
        select(Permit).where(col(Permit.id).in_(held)),
        col(Permit.uscc),
        site=col(Permit.permit_number),
    )
    if uscc is not None:
        statement = statement.where(Permit.uscc == uscc)
    return await page(session, statement, by=[(col(Permit.permit_number), str)], query=query)


def _held_in(year: int) -> SelectOfScalar[uuid.UUID]:
    return select(PermitVersion.permit_id).where(
        PermitVersion.effective_from <= date(year, 12, 31), PermitVersion.valid_to >= date(year, 1, 1)
    )


async def held_in(
    session: AsyncSession, years: range, *, rows: RowScope, permit_numbers: Collection[str] | None = None
) -> list[Held]:
    """Each permit for each of the years that it held in, in its last version of that year; by permit and year."""
    number, version = col(Permit.permit_number), col(PermitVersion.version)
    held = (
        sa.func.generate_series(
            sa.func.greatest(_year_of(PermitVersion.effective_from), years[0]),
            sa.func.least(_year_of(PermitVersion.valid_to), years[-1]),
        )
        .table_valued("year")
        .render_derived()
        .lateral("held")
    )
    year = held.c.year
    statement = (
        select(  # type: ignore[call-overload]
            Permit.permit_number,
            Permit.uscc,
            Permit.site_name,
            PermitVersion.id,
            PermitVersion.version,
            PermitVersion.industry_code,
            year,
        )
        .join(PermitVersion, col(PermitVersion.permit_id) == Permit.id)
        .join(held, sa.true())
        .ext(distinct_on(number, year))
        .order_by(number, year, version.desc())
    )
    if permit_numbers is not None:
        statement = statement.where(_one_of(number, permit_numbers))
    statement = within_sites(rows, statement, col(Permit.uscc), site=number)
    return [Held(*row) for row in await session.exec(statement)]


def _year_of(day: Any) -> Any:
    return sa.cast(sa.extract("year", day), sa.Integer)


def _one_of(column: Any, values: Collection[str]) -> sa.ColumnElement[bool]:
    """As `IN`, of any number: the driver takes no more than 32 767 parameters."""
    given: sa.ColumnElement[bool] = column == sa.any_(sa.cast(list(values), sa.ARRAY(sa.Text())))
    return given


Stated = dict[tuple[uuid.UUID, int, str], dict[str, Decimal]]
"""By version, year and pollutant code: yearly amounts in t/a by scope, as `rules.permitted` takes them."""


async def permitted_in(session: AsyncSession, held: Iterable[Held], codes: Collection[str]) -> Stated:
    """The yearly amounts that hold at the end of the year, or of the permit: of outlets and of the plant.

    A promise (承诺更加严格限值) goes before the limit it is stricter than.
    """
    asked = [(each.version_id, each.year) for each in held]
    versions = sa.cast([version for version, _ in asked], sa.ARRAY(sa.Uuid()))
    years = sa.cast([year for _, year in asked], sa.ARRAY(sa.Integer()))
    of = (
        sa.func.unnest(versions, years)
        .table_valued(sa.column("version_id", sa.Uuid()), sa.column("year", sa.Integer()), name="asked")
        .render_derived()
    )
    outlets = await session.exec(_of_outlets(of, codes))
    plants = await session.exec(_of_plants(of, codes))
    found: Stated = {}
    for version, year, code, scope, amount in (*outlets, *plants):
        found.setdefault((version, year, code), {})[scope] = amount
    return found


def _of_outlets(of: Any, codes: Collection[str]) -> Any:
    strictest = sa.func.least(EmissionLimit.value, EmissionLimit.promised_value)
    key = (of.c.version_id, of.c.year, col(EmissionLimit.pollutant_code), col(Outlet.kind))
    return (
        sa.select(*key, sa.func.sum(strictest))
        .join(Outlet, col(Outlet.permit_version_id) == of.c.version_id)
        .join(EmissionLimit, col(EmissionLimit.outlet_id) == Outlet.id)
        .join(PermitVersion, col(PermitVersion.id) == of.c.version_id)
        .where(
            col(EmissionLimit.pollutant_code).in_(codes),
            col(EmissionLimit.kind) == "annual_amount",
            _holds(of.c.year, col(EmissionLimit.valid_from), col(EmissionLimit.valid_to)),
        )
        .group_by(*key)
    )


def _of_plants(of: Any, codes: Collection[str]) -> Any:
    key = (of.c.version_id, of.c.year, col(PlantLimit.pollutant_code), col(PlantLimit.scope))
    return (
        sa.select(*key, sa.func.sum(PlantLimit.value))
        .join(PlantLimit, col(PlantLimit.permit_version_id) == of.c.version_id)
        .join(PermitVersion, col(PermitVersion.id) == of.c.version_id)
        .where(
            col(PlantLimit.pollutant_code).in_(codes),
            _holds(of.c.year, col(PlantLimit.valid_from), col(PlantLimit.valid_to)),
        )
        .group_by(*key)
    )


def _holds(year: Any, valid_from: Any, valid_to: Any) -> sa.ColumnElement[bool]:
    """Whether a limit holds on the last day of the year, or of the permit where it ends before."""
    last_day = sa.func.least(sa.func.make_date(year, 12, 31), PermitVersion.valid_to)
    return sa.and_(valid_from <= last_day, sa.or_(valid_to.is_(None), valid_to >= last_day))


async def reported_in(
    session: AsyncSession,
    years: range,
    codes: Collection[str],
    *,
    rows: RowScope,
    permit_numbers: Collection[str] | None = None,
) -> list[Reported]:
    """What the reports of these years say that were submitted or accepted, each in its newest version."""
    unknown = sa.and_(
        col(ReportValue.amount_t).is_(None),
        sa.func.coalesce(ReportValue.no_data_code, "").not_in(NOTHING),
    )
    days = sa.cast(col(ReportVersion.document)["production_days"].astext, sa.Integer)
    start, end = col(Report.period_start), col(Report.period_end)
    statement = (
        select(  # type: ignore[call-overload]
            Report.permit_number,
            ReportValue.pollutant_code,
            Report.id,
            Report.kind,
            Report.period_start,
            Report.period_end,
            Report.state,
            Report.version,
            days,
            _amount(unknown),
            sa.func.count().filter(unknown),
        )
        .join(ReportVersion, col(ReportVersion.report_id) == Report.id)
        .join(ReportValue, col(ReportValue.report_version_id) == ReportVersion.id)
        .where(
            ReportVersion.version == Report.version,
            start >= date(years[0], 1, 1),
            end <= date(years[-1], 12, 31),
            _year_of(start) == _year_of(end),
            col(Report.state).in_(("submitted", "accepted")),
            col(ReportValue.pollutant_code).in_(codes),
        )
        .group_by(col(Report.id), col(ReportVersion.id), col(ReportValue.pollutant_code))
        .order_by(col(Report.permit_number), col(Report.period_start), col(Report.id))
    )
    if permit_numbers is not None:
        statement = statement.where(_one_of(col(Report.permit_number), permit_numbers))
    statement = within_sites(rows, statement, col(Report.uscc), site=col(Report.permit_number))
    return [Reported(*row) for row in await session.exec(statement)]


def _amount(unknown: sa.ColumnElement[bool]) -> sa.ColumnElement[Decimal | None]:
    """The sum over the outlets; null where none states an amount, zero where all say that nothing was discharged."""
    known = sa.func.count().filter(sa.not_(unknown))
    total = sa.func.coalesce(sa.func.sum(ReportValue.amount_t), 0)
    return sa.case((known > 0, total), else_=None)
