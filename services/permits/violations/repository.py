"""SQL of violations."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import matching, within_sites
from services.permits.obligations.models import Obligation
from services.permits.obligations.repository import is_owed
from services.permits.violations.models import Violation, ViolationStep


async def by_id(
    session: AsyncSession, violation_id: uuid.UUID, *, rows: RowScope, lock: bool = False
) -> Violation | None:
    statement = within_sites(
        rows,
        select(Violation).where(Violation.id == violation_id),
        col(Violation.uscc),
        site=col(Violation.permit_number),
    )
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def by_cause(session: AsyncSession, cause: str, *, lock: bool = False) -> Violation | None:
    statement = select(Violation).where(Violation.cause == cause)
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


def is_touched(*, permit_number: Any, report_id: Any, obligation_id: Any) -> sa.ColumnElement[bool]:
    """A report may change the open violations of its permit, and those of itself."""
    of_itself = (col(Violation.report_id) == report_id, col(Violation.obligation_id) == obligation_id)
    return sa.and_(
        col(Violation.permit_number) == permit_number, sa.or_(col(Violation.state) == "open", *of_itself)
    )


_NAMED = ("permit_number", "report_id", "obligation_id")
_TOUCHED = (  # put together once: that takes longer than to execute it
    select(Violation)
    .where(is_touched(**{name: sa.bindparam(name) for name in _NAMED}))
    .order_by(col(Violation.id))
    .with_for_update()
)


async def by_causes(session: AsyncSession, causes: Collection[str]) -> Sequence[Violation]:
    """Those that are known of these causes. Locked."""
    statement = select(Violation).where(col(Violation.cause).in_(causes)).order_by(col(Violation.id))
    return (await session.exec(statement.with_for_update())).all() if causes else []


async def by_cause_of(session: AsyncSession, permit_number: str, beginning: str) -> Sequence[Violation]:
    """Those of a permit whose causes begin so. Locked."""
    statement = select(Violation).where(
        Violation.permit_number == permit_number,
        col(Violation.cause).startswith(beginning, autoescape=True),
    )
    return (await session.exec(statement.order_by(col(Violation.id)).with_for_update())).all()


async def closed_at(session: AsyncSession, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """When each of these was last resolved or dismissed."""
    statement = (
        select(ViolationStep.violation_id, sa.func.max(ViolationStep.at))
        .where(col(ViolationStep.violation_id).in_(ids), col(ViolationStep.step).in_(("resolve", "dismiss")))
        .group_by(col(ViolationStep.violation_id))
    )
    return dict((await session.exec(statement)).all()) if ids else {}


async def touched_by(
    session: AsyncSession, *, permit_number: str, report_id: uuid.UUID, obligation_id: uuid.UUID
) -> Sequence[Violation]:
    """What a report may change: the open ones of its permit, and those of itself. Locked."""
    asked = {"permit_number": permit_number, "report_id": report_id, "obligation_id": obligation_id}
    return (await session.exec(_TOUCHED, params=asked)).all()


async def locked(session: AsyncSession, violation_id: uuid.UUID) -> Violation | None:
    statement = select(Violation).where(Violation.id == violation_id).with_for_update()
    return (await session.exec(statement)).first()


async def overdue(session: AsyncSession, *, today: date, most: int = 1000) -> Sequence[uuid.UUID]:
    """The reports past their due day of which nothing is known here, the oldest first."""
    known = sa.exists().where(
        col(Violation.cause) == sa.func.concat("non_receipt:", sa.cast(col(Obligation.id), sa.Text)),
        sa.func.coalesce(Violation.resolution, "") != "not_owed",
    )
    statement = (
        select(Obligation.id)
        .where(is_owed(), Obligation.due_on < today, ~known)
        .order_by(col(Obligation.due_on), col(Obligation.id))
        .limit(most)
    )
    return (await session.exec(statement)).all()


async def not_owed(session: AsyncSession, *, today: date) -> Sequence[uuid.UUID]:
    """Open ones of reports that are not owed any more, or not yet."""
    statement = (
        select(Violation.id)
        .join(Obligation, col(Obligation.id) == Violation.obligation_id)
        .where(
            Violation.kind == "non_receipt", Violation.state == "open", col(Obligation.report_id).is_(None)
        )
        .where(sa.or_(~is_owed(), col(Obligation.due_on) >= today))
    )
    return (await session.exec(statement)).all()


async def numeric_periods(
    session: AsyncSession, *, permit_number: str, since: date, causes: Collection[str]
) -> Sequence[tuple[str | None, str | None, date, date]]:
    """Outlet, pollutant and period of the violations by figures that stand since a day, but for those of `causes`."""
    statement = select(
        col(Violation.outlet_code),
        col(Violation.pollutant_code),
        col(Violation.period_start),
        col(Violation.period_end),
    ).where(
        Violation.permit_number == permit_number,
        col(Violation.kind).in_(("numeric", "special_period")),
        Violation.state != "dismissed",
        sa.func.coalesce(Violation.resolution, "") != "corrected",
        Violation.period_end >= since,
        col(Violation.cause).not_in(causes),
    )
    return (await session.exec(statement)).all()


async def steps_of(session: AsyncSession, violation_id: uuid.UUID) -> Sequence[ViolationStep]:
    statement = select(ViolationStep).where(ViolationStep.violation_id == violation_id)
    return (await session.exec(statement.order_by(col(ViolationStep.version)))).all()


async def page_of(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    long_late: date,
    severe: bool | None,
    period_from: date | None,
    period_until: date | None,
    **filters: Any,
) -> tuple[list[Violation], str | None]:
    """Newest first; those of reports that are still missing are severe where they were due before `long_late`."""
    statement = within_sites(rows, select(Violation), col(Violation.uscc), site=col(Violation.permit_number))
    if severe is not None:
        statement = statement.where(_severe(long_late) == sa.literal(severe))
    if period_from is not None:
        statement = statement.where(Violation.period_end >= period_from)
    if period_until is not None:
        statement = statement.where(Violation.period_start <= period_until)
    statement = matching(statement, *((getattr(Violation, name), value) for name, value in filters.items()))
    by = [(col(Violation.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query, descending=True)


def _severe(long_late: date) -> sa.ColumnElement[bool]:
    """As it is shown: a report that is missing becomes severely late with the days, and no step says so."""
    missing = sa.and_(col(Violation.kind) == "non_receipt", col(Violation.state) == "open")
    return sa.case((missing, col(Violation.due_on) < long_late), else_=col(Violation.severe))
