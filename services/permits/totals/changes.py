"""What changes the figures of a year: the facts that are told of it in this service's own event log.

Each fact commits with its change, and the log numbers facts in the order of their commits. So whoever knows the figures
as of a position knows which may have changed since: those of the permits that later facts name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.event_catalogue import EventType
from services.kit.tables import EventRow
from services.permits.permits.events import PERMIT_AMENDED, PERMIT_ISSUED
from services.permits.reports.events import (
    REPORT_ACCEPTED,
    REPORT_CORRECTED,
    REPORT_REPUDIATED,
    REPORT_RETURNED,
    REPORT_SUBMITTED,
)
from services.permits.totals.events import QUOTA_MOVED

EVERY_YEAR = range(2000, 2101)
"""Those that can be asked for."""
_REPORTS = (REPORT_SUBMITTED, REPORT_CORRECTED, REPORT_RETURNED, REPORT_REPUDIATED, REPORT_ACCEPTED)
CHANGES: tuple[EventType, ...] = (*_REPORTS, PERMIT_ISSUED, PERMIT_AMENDED, QUOTA_MOVED)
"""Versions of permits never change, nor do entries of the ledger: their first years, limits and industries come with
these facts. The end of a permit changes no figure."""


@dataclass(frozen=True, slots=True)
class Change:
    """A fact by which the figures of these years of a permit may have changed."""

    position: int
    permit_number: str
    years: range


def _facts_after(position: int, until: int | None) -> sa.Subquery:
    """The changes after a position: up to another, or all that have committed, those without a position included."""
    kind, data, place = col(EventRow.type), col(EventRow.data), col(EventRow.position)
    of_report = sa.cast(sa.func.left(data["period_start"].astext, 4), sa.Integer)
    of_quota = sa.cast(data["from_year"].astext, sa.Integer)
    is_report, is_quota = kind.in_([str(each) for each in _REPORTS]), kind == str(QUOTA_MOVED)
    first = sa.case((is_report, of_report), (is_quota, of_quota), else_=EVERY_YEAR[0])
    # A report shapes the forecast of the next year as well; a quota holds from its year on.
    last = sa.case((is_report, of_report + 1), else_=EVERY_YEAR[-1])
    number = data["permit_number"].astext.label("permit_number")
    facts = sa.select(place.label("position"), number, first.label("first"), last.label("last")).where(
        kind.in_([str(each) for each in CHANGES])
    )
    if until is not None:
        return facts.where(place > position, place <= until).subquery()
    return sa.union_all(facts.where(place > position), facts.where(place.is_(None))).subquery()


async def between(session: AsyncSession, position: int, until: int) -> list[Change]:
    """The changes after one position up to another, in their order."""
    facts = _facts_after(position, until).c
    statement: Any = sa.select(facts.position, facts.permit_number, facts.first, facts.last).order_by(
        facts.position
    )
    return [
        Change(place, number, range(first, last + 1))
        for place, number, first, last in await session.exec(statement)
    ]


async def since(session: AsyncSession, position: int, *, years: Iterable[int]) -> list[str]:
    """The permits of which figures of these years may have changed after a position, as of now."""
    facts = _facts_after(position, None)
    of_these = sa.or_(*(sa.between(year, facts.c.first, facts.c.last) for year in years))
    statement: Any = sa.select(facts.c.permit_number).where(of_these).distinct()
    return list((await session.exec(statement)).scalars())


async def newest_position(session: AsyncSession) -> int:
    """The position of the last fact that has one."""
    statement: Any = sa.select(sa.func.coalesce(sa.func.max(EventRow.position), 0))
    return int((await session.exec(statement)).scalar_one())
