"""SQL of the year's figures: what the permits allow and what the reports say, of the controlled pollutants."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select, SelectOfScalar

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import within_sites
from services.permits.permits.models import EmissionLimit, Outlet, Permit, PermitVersion, PlantLimit
from services.permits.reports.models import Report, ReportValue, ReportVersion
from services.permits.reports.rules_totals import NOTHING


@dataclass(frozen=True, slots=True)
class Held:
    """A permit in the version that held last in a year."""

    permit_number: str
    uscc: str
    site_name: str
    version_id: uuid.UUID
    version: int
    industry_code: str


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
    session: AsyncSession, year: int, *, rows: RowScope, permit_numbers: Collection[str] | None = None
) -> list[Held]:
    """Each permit that held in the year, in its last version of the year."""
    last = (
        select(PermitVersion.permit_id, sa.func.max(PermitVersion.version).label("version"))
        .where(PermitVersion.effective_from <= date(year, 12, 31), PermitVersion.valid_to >= date(year, 1, 1))
        .group_by(col(PermitVersion.permit_id))
        .subquery()
    )
    statement = (
        select(Permit, PermitVersion)
        .join(last, last.c.permit_id == col(Permit.id))
        .join(
            PermitVersion,
            sa.and_(
                col(PermitVersion.permit_id) == last.c.permit_id,
                col(PermitVersion.version) == last.c.version,
            ),
        )
        .order_by(col(Permit.permit_number))
    )
    if permit_numbers is not None:
        statement = statement.where(col(Permit.permit_number).in_(permit_numbers))
    statement = within_sites(rows, statement, col(Permit.uscc), site=col(Permit.permit_number))
    return [
        Held(
            permit.permit_number,
            permit.uscc,
            permit.site_name,
            version.id,
            version.version,
            version.industry_code,
        )
        for permit, version in await session.exec(statement)
    ]


_Amounts = Select[uuid.UUID, str, str, Decimal]
Stated = dict[tuple[uuid.UUID, str], dict[str, Decimal]]
"""By version and pollutant code: yearly amounts in t/a by scope, as `rules.permitted` takes them."""


async def permitted_in(
    session: AsyncSession, year: int, version_ids: Collection[uuid.UUID], codes: Collection[str]
) -> Stated:
    """The yearly amounts that hold at the end of the year, or of the permit: of outlets and of the plant.

    A promise (承诺更加严格限值) goes before the limit it is stricter than.
    """
    outlets = await session.exec(_of_outlets(year, version_ids, codes))
    plants = await session.exec(_of_plants(year, version_ids, codes))
    found: Stated = {}
    for version, code, scope, amount in (*outlets, *plants):
        found.setdefault((version, code), {})[scope] = amount
    return found


def _of_outlets(year: int, version_ids: Collection[uuid.UUID], codes: Collection[str]) -> _Amounts:
    strictest = sa.func.least(EmissionLimit.value, EmissionLimit.promised_value)
    version_id, code = col(Outlet.permit_version_id), col(EmissionLimit.pollutant_code)
    return (
        select(version_id, code, col(Outlet.kind), sa.func.sum(strictest))
        .join(EmissionLimit, col(EmissionLimit.outlet_id) == Outlet.id)
        .join(PermitVersion, col(PermitVersion.id) == version_id)
        .where(
            version_id.in_(version_ids),
            code.in_(codes),
            EmissionLimit.kind == "annual_amount",
            _holds(year, col(EmissionLimit.valid_from), col(EmissionLimit.valid_to)),
        )
        .group_by(version_id, code, col(Outlet.kind))
    )


def _of_plants(year: int, version_ids: Collection[uuid.UUID], codes: Collection[str]) -> _Amounts:
    version_id, code = col(PlantLimit.permit_version_id), col(PlantLimit.pollutant_code)
    return (
        select(version_id, code, col(PlantLimit.scope), sa.func.sum(PlantLimit.value))
        .join(PermitVersion, col(PermitVersion.id) == version_id)
        .where(
            version_id.in_(version_ids),
            code.in_(codes),
            _holds(year, col(PlantLimit.valid_from), col(PlantLimit.valid_to)),
        )
        .group_by(version_id, code, col(PlantLimit.scope))
    )


def _holds(year: int, valid_from: Any, valid_to: Any) -> sa.ColumnElement[bool]:
    """Whether a limit holds on the last day of the year, or of the permit where it ends before."""
    last_day = sa.func.least(date(year, 12, 31), PermitVersion.valid_to)
    return sa.and_(valid_from <= last_day, sa.or_(valid_to.is_(None), valid_to >= last_day))


async def reported_in(
    session: AsyncSession,
    year: int,
    codes: Collection[str],
    *,
    rows: RowScope,
    permit_numbers: Collection[str] | None = None,
) -> list[Reported]:
    """What the reports of the year say that were submitted or accepted, each in its newest version."""
    unknown = sa.and_(
        col(ReportValue.amount_t).is_(None),
        sa.func.coalesce(ReportValue.no_data_code, "").not_in(NOTHING),
    )
    days = sa.cast(col(ReportVersion.document)["production_days"].astext, sa.Integer)
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
            Report.period_start >= date(year, 1, 1),
            Report.period_end <= date(year, 12, 31),
            col(Report.state).in_(("submitted", "accepted")),
            col(ReportValue.pollutant_code).in_(codes),
        )
        .group_by(col(Report.id), col(ReportVersion.id), col(ReportValue.pollutant_code))
        .order_by(col(Report.permit_number), col(Report.period_start), col(Report.id))
    )
    if permit_numbers is not None:
        statement = statement.where(col(Report.permit_number).in_(permit_numbers))
    statement = within_sites(rows, statement, col(Report.uscc), site=col(Report.permit_number))
    return [Reported(*row) for row in await session.exec(statement)]


def _amount(unknown: sa.ColumnElement[bool]) -> sa.ColumnElement[Decimal | None]:
    """The sum over the outlets; null where none states an amount, zero where all say that nothing was discharged."""
    known = sa.func.count().filter(sa.not_(unknown))
    total = sa.func.coalesce(sa.func.sum(ReportValue.amount_t), 0)
    return sa.case((known > 0, total), else_=None)
