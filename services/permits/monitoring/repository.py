"""SQL of self-monitoring records."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from services.kit.clock import start_of
from services.kit.database import day_of
from services.kit.driven import Driven
from services.kit.pages import PageQuery, page
from services.kit.scoping import matching
from services.permits.batches.repository import uncorrected
from services.permits.monitoring.models import MonitoringRecord
from services.permits.monitoring.rules import OfMonth, Sum


@dataclass(frozen=True, slots=True)
class Filters:
    """Which records of one permit, which the caller may read."""

    permit_number: str
    outlet_code: str | None = None
    pollutant_code: str | None = None
    means: str | None = None
    sampled_from: datetime | None = None
    sampled_before: datetime | None = None
    current: bool = False
    """Only what was not corrected."""


def _wanted(filters: Filters) -> SelectOfScalar[MonitoringRecord]:
    statement = select(MonitoringRecord).where(MonitoringRecord.permit_number == filters.permit_number)
    statement = matching(
        statement,
        (col(MonitoringRecord.outlet_code), filters.outlet_code),
        (col(MonitoringRecord.pollutant_code), filters.pollutant_code),
        (col(MonitoringRecord.means), filters.means),
    )
    if filters.sampled_from is not None:
        statement = statement.where(MonitoringRecord.sampled_at >= filters.sampled_from)
    if filters.sampled_before is not None:
        statement = statement.where(MonitoringRecord.sampled_at < filters.sampled_before)
    return statement.where(uncorrected(MonitoringRecord)) if filters.current else statement


async def page_of(
    session: AsyncSession, filters: Filters, *, query: PageQuery
) -> tuple[list[MonitoringRecord], str | None]:
    """In the order in which the samples were taken."""
    by = [(col(MonitoringRecord.sampled_at), datetime), (col(MonitoringRecord.id), uuid.UUID)]
    return await page(session, _wanted(filters), by=by, query=query)


_BELOW = col(MonitoringRecord.qualifier) == "<"
_VALUE = col(MonitoringRecord.standard_value)
_PLACE = sa.func.coalesce(MonitoringRecord.outlet_code, MonitoringRecord.point)
_OF_TIME = (
    col(MonitoringRecord.permit_number) == sa.bindparam("sampled_permit"),
    col(MonitoringRecord.sampled_at) >= sa.bindparam("sampled_from"),
    col(MonitoringRecord.sampled_at) < sa.bindparam("sampled_before"),
    uncorrected(MonitoringRecord),
)


def _sums(*by: Any) -> Any:
    """Put together once: that takes many times as long as to execute it, and every report asks."""
    groups = (
        *by,
        _PLACE,
        col(MonitoringRecord.pollutant_code),
        col(MonitoringRecord.means),
        col(MonitoringRecord.standard_unit),
    )
    return (
        sa.select(
            *groups,
            sa.func.count(),
            sa.func.count().filter(_BELOW),
            sa.func.coalesce(sa.func.max(_VALUE).filter(~_BELOW), sa.func.max(_VALUE)),
            sa.func.coalesce(sa.func.sum(_VALUE).filter(~_BELOW), 0),
            sa.func.coalesce(sa.func.sum(_VALUE).filter(_BELOW), 0),
        )
        .where(*_OF_TIME)
        .group_by(*groups)
        .order_by(*groups)
    )


_SUMS = Driven(_sums())


async def sums(session: AsyncSession, permit_number: str, start: date, end: date) -> list[Sum]:
    """What a permit's records of these days add up to, by place, pollutant, means and unit. Corrected ones do not
    count."""
    return [Sum(*row) for row in await _SUMS.fetch(session, **asking(permit_number, start, end))]


async def sums_by_month(session: AsyncSession, permit_number: str, start: date, end: date) -> list[OfMonth]:
    """The same of each month in the city, and of each averaging time."""
    statement = _sums(_month_of(MonitoringRecord), col(MonitoringRecord.averaging))
    found = await session.exec(statement, params=asking(permit_number, start, end))
    return [OfMonth(first.date(), averaging, Sum(*row)) for first, averaging, *row in found]


def asking(permit_number: str, start: date, end: date) -> dict[str, Any]:
    begin, finish = moments(start, end)
    return {"sampled_permit": permit_number, "sampled_from": begin, "sampled_before": finish}


def moments(start: date, end: date) -> tuple[datetime, datetime]:
    """When these days begin in the city, and when the day after them."""
    return start_of(start), start_of(end + timedelta(days=1))


def _shown() -> Any:
    groups = (_PLACE, col(MonitoringRecord.pollutant_code), col(MonitoringRecord.standard_unit))
    row = sa.func.json_build_array(*groups, sa.cast(sa.func.max(_VALUE), sa.Text()))
    found = sa.select(row.label("row")).where(*_OF_TIME, ~_BELOW).group_by(*groups).subquery("shown")
    return sa.select(sa.func.json_agg(found.c.row)).scalar_subquery()


SHOWN = _shown()
"""Of each pollutant at each place in each unit the largest value, by whatever means; what was not detected shows none.

As one JSON text, for a statement that is made anyway. Asked with `asking`.
"""


@dataclass(frozen=True, slots=True)
class Highest:
    """The largest value of a day at an outlet, in the unit that it is compared in."""

    outlet_code: str
    pollutant_code: str
    day: date
    averaging: str
    unit: str
    maximum: Decimal


async def highest_by_day(session: AsyncSession, filters: Filters) -> list[Highest]:
    """The largest values of each day in the city. Neither corrected ones nor what was below detection count."""
    rows = _wanted(filters).where(uncorrected(MonitoringRecord)).subquery().c
    groups = (
        rows.outlet_code,
        rows.pollutant_code,
        day_of(rows.sampled_at),
        rows.averaging,
        rows.standard_unit,
    )
    statement = (
        sa.select(*groups, sa.func.max(rows.standard_value))
        .where(rows.qualifier != "<", rows.outlet_code.is_not(None))
        .group_by(*groups)
        .order_by(*groups)
    )
    return [Highest(*row) for row in await session.exec(statement)]  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class Unpermitted:
    """What was recorded in one month of one outlet that the permit does not have."""

    outlet_code: str
    first: date
    last: date
    count: int
    entered: datetime
    """When the newest of them came; a correction came with what it corrects, unless that was of another month."""


async def with_unpermitted(session: AsyncSession) -> Sequence[str]:
    """The permits with records of outlets that they do not have."""
    statement = select(MonitoringRecord.permit_number).where(col(MonitoringRecord.unpermitted_outlet))
    return (await session.exec(statement.distinct().order_by(col(MonitoringRecord.permit_number)))).all()


def _unpermitted() -> Any:
    """What stands, entered with the first of what it corrected in the same month of the same outlet."""
    made, before = MonitoringRecord, aliased(MonitoringRecord)
    held = (
        sa.select(
            *(col(made.id), col(made.outlet_code), col(made.supersedes)),
            day_of(col(made.sampled_at)).label("day"),
            _month_of(made).label("month"),
            col(made.recorded_at).label("entered"),
        )
        .where(
            col(made.permit_number) == sa.bindparam("permit_number"),
            col(made.unpermitted_outlet),
            uncorrected(made),
        )
        .cte("held", recursive=True)
    )
    earlier = sa.select(
        *(held.c.id, held.c.outlet_code, col(before.supersedes)),
        *(held.c.day, held.c.month, col(before.recorded_at)),
    ).where(
        col(before.permit_number) == sa.bindparam("permit_number"),
        col(before.id) == held.c.supersedes,
        col(before.unpermitted_outlet),
        col(before.outlet_code) == held.c.outlet_code,
        _month_of(before) == held.c.month,
    )
    chain = held.union_all(earlier).c
    of_one = (chain.id, chain.outlet_code, chain.day, chain.month)
    each = sa.select(*of_one, sa.func.min(chain.entered).label("entered")).group_by(*of_one).subquery().c
    return (
        sa.select(
            each.outlet_code,
            sa.func.min(each.day),
            sa.func.max(each.day),
            sa.func.count(),
            sa.func.max(each.entered),
        )
        .group_by(each.outlet_code, each.month)
        .order_by(each.outlet_code, each.month)
    )


def _month_of(table: type[MonitoringRecord]) -> sa.ColumnElement[Any]:
    return sa.func.date_trunc("month", sa.cast(day_of(col(table.sampled_at)), sa.DateTime()))


async def unpermitted(session: AsyncSession, permit_number: str) -> list[Unpermitted]:
    """By outlet and month of the city. Corrected ones do not count."""
    connection = await session.connection()
    rows: Any = await connection.execute(_unpermitted(), {"permit_number": permit_number})
    return [Unpermitted(*row) for row in rows]


async def counts_by_day(session: AsyncSession, filters: Filters) -> list[tuple[str, str, date, int]]:
    """How many samples were taken of what, where, on which day in the city. Corrected ones do not count."""
    rows = _wanted(filters).where(uncorrected(MonitoringRecord)).subquery().c
    place = sa.func.coalesce(rows.outlet_code, rows.point)
    groups = (place, rows.pollutant_code, day_of(rows.sampled_at))
    statement = sa.select(*groups, sa.func.count()).group_by(*groups).order_by(*groups)
    return [tuple(row) for row in await session.exec(statement)]  # type: ignore[call-overload]
