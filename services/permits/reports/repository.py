"""SQL of execution reports."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.driven import Driven
from services.kit.locking import locking, one_at_a_time
from services.kit.pages import PageQuery, page
from services.kit.scoping import matching, within_sites
from services.permits.fuels import repository as fuels
from services.permits.monitoring import repository as monitoring
from services.permits.obligations.models import Obligation
from services.permits.permits import repository as permits
from services.permits.reports.models import Report, ReportValue, ReportVersion, Review
from services.permits.reports.rules_limits import Key
from services.permits.reports.rules_plausibility import Figures
from services.permits.taxes import repository as taxes
from services.permits.violations import repository as violations


async def by_id(
    session: AsyncSession, report_id: uuid.UUID, *, rows: RowScope, lock: bool = False
) -> Report | None:
    statement = within_sites(
        rows, select(Report).where(Report.id == report_id), col(Report.uscc), site=col(Report.permit_number)
    )
    return (await session.exec(locking(statement) if lock else statement)).first()


async def with_obligation(
    session: AsyncSession, report_id: uuid.UUID, *, rows: RowScope
) -> tuple[Report, Obligation] | None:
    """A report and the obligation that it answers, both locked; the obligation first, as a submission has it."""
    statement = select(Obligation, Report).join(Report, col(Report.obligation_id) == Obligation.id)
    statement = within_sites(
        rows, statement.where(Report.id == report_id), col(Report.uscc), site=col(Report.permit_number)
    )
    found = (await session.exec(locking(statement))).first()
    return (found[1], found[0]) if found is not None else None


async def version_of(session: AsyncSession, report_id: uuid.UUID, version: int) -> ReportVersion | None:
    statement = select(ReportVersion).where(
        ReportVersion.report_id == report_id, ReportVersion.version == version
    )
    return (await session.exec(statement)).first()


async def newest_document(session: AsyncSession, report_id: uuid.UUID) -> dict[str, Any] | None:
    """What the newest version of a report says, as it was submitted."""
    statement: Any = (
        select(ReportVersion.document)
        .where(ReportVersion.report_id == report_id)
        .order_by(col(ReportVersion.version).desc())
        .limit(1)
    )
    found: dict[str, Any] | None = (await session.exec(statement)).first()
    return found


async def page_of_versions(
    session: AsyncSession, report_id: uuid.UUID, *, query: PageQuery
) -> tuple[list[ReportVersion], str | None]:
    statement = select(ReportVersion).where(ReportVersion.report_id == report_id)
    return await page(session, statement, by=[(col(ReportVersion.version), int)], query=query)


async def reviews_of(session: AsyncSession, report_id: uuid.UUID) -> Sequence[Review]:
    statement = select(Review).where(Review.report_id == report_id).order_by(col(Review.version))
    return (await session.exec(statement)).all()


async def page_of(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    uscc: str | None = None,
    permit_number: str | None = None,
    kind: str | None = None,
    state: str | None = None,
    year: int | None = None,
    is_late: bool | None = None,
) -> tuple[list[Report], str | None]:
    """Newest first; `year`: in which the period ends."""
    statement = within_sites(rows, select(Report), col(Report.uscc), site=col(Report.permit_number))
    statement = matching(
        statement,
        (col(Report.uscc), uscc),
        (col(Report.permit_number), permit_number),
        (col(Report.kind), kind),
        (col(Report.state), state),
    )
    if year is not None:
        statement = statement.where(ending_in(year))
    if is_late is not None:
        statement = statement.where(Report.days_late > 0 if is_late else Report.days_late == 0)
    return await page(session, statement, by=[(col(Report.id), uuid.UUID)], query=query, descending=True)


def ending_in(year: int) -> sa.ColumnElement[bool]:
    """Reports of periods that end in this year: as it is indexed, in the order of lists."""
    return sa.extract("year", col(Report.period_end)) == year


async def last_values_before(
    session: AsyncSession, permit_number: str, kind: str, day: date
) -> Sequence[ReportValue]:
    """The values of the last report of this kind whose period ended before `day`, in its newest version."""
    last = (
        select(ReportVersion.id)
        .join(Report, col(Report.id) == ReportVersion.report_id)
        .where(
            Report.permit_number == permit_number,
            Report.kind == kind,
            Report.period_end < day,
            ReportVersion.version == Report.version,
        )
        .order_by(col(Report.period_end).desc())
        .limit(1)
    )
    statement = select(ReportValue).where(col(ReportValue.report_version_id).in_(last))
    return (await session.exec(statement)).all()


_OF_REPORT: dict[str, Any] = {
    "permit_number": sa.bindparam("permit_number", type_=sa.Text()),
    "report_id": sa.bindparam("report_id", type_=sa.Uuid()),
    "obligation_id": sa.bindparam("obligation_id", type_=sa.Uuid()),
}


class _Beside(NamedTuple):
    """What `_JUDGING` finds of the report itself, in one row; its columns come in this order, before those of lines."""

    told: taxes.Told | None
    shown: Sequence[tuple[str, str, str, str]] | None
    is_any_touched: bool
    is_fuelled: bool
    version_id: uuid.UUID | None
    valid_to: date


_LINE = len(_Beside._fields)
"""Where in a row that of an earlier line begins: the start of its period, outlet, pollutant. The row of the report
itself has none of them."""
_FIGURES = _LINE + 3


def _judging() -> Any:
    """Put together once: that takes as long as to execute it."""
    stands = (
        col(Report.permit_number) == sa.bindparam("permit_number"),
        col(Report.kind) == sa.bindparam("kind"),
        sa.or_(col(Report.state) == "submitted", col(Report.state) == "accepted"),
    )
    start = col(Report.period_start)
    before = sa.select(sa.func.max(start).label("start")).where(
        *stands, col(Report.period_end) < sa.bindparam("before")
    )
    newest = sa.select(before.cte("last").c.start).scalar_subquery()
    # Each figure costs to be read: of last year's only the amount is looked at.
    figures = [
        figure if name == "amount_t" else sa.case((start == newest, figure))
        for name, figure in ((name, col(getattr(ReportValue, name))) for name in Figures._fields)
    ]
    earlier = (
        sa.select(start, col(ReportValue.outlet_code), col(ReportValue.pollutant_code), *figures)
        .select_from(ReportValue)
        .join(ReportVersion, col(ReportVersion.id) == ReportValue.report_version_id)
        .join(Report, col(Report.id) == ReportVersion.report_id)
        .where(
            *stands,
            col(ReportVersion.version) == Report.version,
            sa.or_(start == newest, start == sa.bindparam("last_year")),
        )
    )
    # The row without a period is what was declared for the tax, what was monitored, whether there are violations to
    # change or fuel to compare with, and the version of the permit: five statements less for every submission.
    held = permits.held(sa.bindparam("permit_id"), sa.bindparam("last_day")).subquery("held")
    found: dict[str, Any] = {
        "told": taxes.STANDING,
        "shown": monitoring.SHOWN,
        "is_any_touched": sa.exists().where(violations.is_touched(**_OF_REPORT)),
        "is_fuelled": fuels.IS_STATED,
        "version_id": held.c.id,
        "valid_to": held.c.valid_to,
    }
    beside = [found[name].label(name) for name in _Beside._fields]
    one = sa.select(sa.true().label("one")).subquery("one")
    return sa.union_all(
        sa.select(*beside, *(sa.null() for _ in earlier.selected_columns)).select_from(
            one.outerjoin(held, sa.true())
        ),
        earlier.with_only_columns(*(sa.null() for _ in beside), *earlier.selected_columns),
    )


_JUDGING = Driven(_judging())


@dataclass(frozen=True, slots=True)
class Judging:
    """What a report is judged by, as one statement finds it."""

    version: tuple[uuid.UUID, date] | None
    """Of the permit, the one that held on the period's last day, else its newest; and that one's own last day."""
    told: taxes.Told
    """What was declared for the environmental tax."""
    shown: Sequence[tuple[str, str, str, str]]
    """By place, pollutant and unit the highest figure of the self-monitoring records (as a text: exact)."""
    earlier: Mapping[date, Mapping[Key, Figures]]
    """By its first day the figures that stand of the period before, and the amounts of the one that began on
    `last_year`. A report that was returned is nothing to compare with."""
    is_any_touched: bool
    """Whether there are violations that the report may change."""
    is_fuelled: bool
    """Whether there are fuel facts of the period."""


async def judging(session: AsyncSession, obligation: Obligation, *, last_year: date) -> Judging:
    about = {
        "permit_number": obligation.permit_number,
        "kind": obligation.kind,
        "before": obligation.period_start,
        "last_year": last_year,
        "permit_id": obligation.permit_id,
        "first_day": obligation.period_start,
        "last_day": obligation.period_end,
        "obligation_id": obligation.id,
        "report_id": obligation.report_id,
        **taxes.asking(obligation.permit_number, obligation.period_start, obligation.period_end),
        **monitoring.asking(obligation.permit_number, obligation.period_start, obligation.period_end),
    }
    found = await _JUDGING.fetch(session, **about)
    earlier: defaultdict[date, dict[Key, Figures]] = defaultdict(dict)
    for row in found:
        period_start, outlet_code, pollutant_code = row[_LINE:_FIGURES]
        if period_start is None:
            beside = _Beside._make(row[:_LINE])
        else:
            earlier[period_start][outlet_code, pollutant_code] = Figures._make(row[_FIGURES:])
    return Judging(
        version=None if beside.version_id is None else (beside.version_id, beside.valid_to),
        told=beside.told or (),
        shown=beside.shown or (),
        earlier=earlier,
        is_any_touched=beside.is_any_touched,
        is_fuelled=beside.is_fuelled,
    )


class MonthRow(NamedTuple):
    """The obligation to report on a month, and what its report says where one stands."""

    first: date
    standing: str
    version_id: uuid.UUID | None
    totals: list[dict[str, Any]] | None


async def months(session: AsyncSession, permit_number: str, firsts: Collection[date]) -> list[MonthRow]:
    """Of the months that begin on these days; one that was never to be reported on is left out."""
    stands = sa.and_(
        col(Report.obligation_id) == Obligation.id, col(Report.state).in_(("submitted", "accepted"))
    )
    newest = sa.and_(
        col(ReportVersion.report_id) == Report.id, col(ReportVersion.version) == col(Report.version)
    )
    statement = (
        sa.select(
            col(Obligation.period_start),
            col(Obligation.standing),
            col(ReportVersion.id),
            col(ReportVersion.document)["totals"],
        )
        .outerjoin(Report, stands)
        .outerjoin(ReportVersion, newest)
        .where(
            col(Obligation.permit_number) == permit_number,
            col(Obligation.kind) == "monthly",
            col(Obligation.period_start).in_(firsts),
        )
        .order_by(col(Obligation.period_start))
    )
    return [MonthRow(*row) for row in await (await session.connection()).execute(statement)]


async def one_month_at_a_time(session: AsyncSession, permit_number: str) -> None:
    """Of the months of a permit that come at once the second sees the first, until this transaction ends."""
    await one_at_a_time(session, f"months {permit_number}")


async def values_by_version(
    session: AsyncSession, versions: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[ReportValue]]:
    found: dict[uuid.UUID, list[ReportValue]] = {each: [] for each in versions}
    statement = select(ReportValue).where(col(ReportValue.report_version_id).in_(versions))
    for value in await session.exec(statement):
        found[value.report_version_id].append(value)
    return found


async def values_of(session: AsyncSession, version_id: uuid.UUID) -> Sequence[ReportValue]:
    statement = select(ReportValue).where(ReportValue.report_version_id == version_id)
    return (
        await session.exec(statement.order_by(col(ReportValue.outlet_code), col(ReportValue.pollutant_code)))
    ).all()
