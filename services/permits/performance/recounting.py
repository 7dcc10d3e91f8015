"""The last day of a class's public notice that was provisional, counted again once the calendar is published.

What was announced is never cut short: a notice becomes longer, by another one that goes on where it ends, or stays.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import EVERY_ROW
from services.kit.rounds import CLOCK, Round
from services.kit.working_days import WorkingCalendar, published_calendar
from services.permits.deadlines.rules import LastDay
from services.permits.performance import publishing, repository, rules
from services.permits.performance.editions import Editions
from services.permits.performance.events import PERFORMANCE_NOTICE_RECOUNTED, NoticeRecounted
from services.permits.performance.models import PerformanceDeclaration

EVERY = timedelta(minutes=10)


def notice_days(
    editions: Callable[[], Editions], *, calendar: Callable[[], WorkingCalendar] = published_calendar
) -> Round:
    """Counts again the notices that run; the edition of each has its working days."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        found = await repository.provisional_notices(session)
        return [each.id for each in found if _recounted(each) is not None]

    async def act(session: AsyncSession, declaration_id: uuid.UUID) -> None:
        row = await repository.declaration(session, declaration_id, rows=EVERY_ROW, lock=True)
        if row is None or row.notice_until is None or row.state != rules.State.NOTICED:
            return  # it was refused or took effect meanwhile
        found, before = _recounted(row), row.notice_until
        if found is None:
            return
        row.notice_until, row.notice_provisional = found.on, found.provisional
        row.updated_at = clock.now()
        await session.flush()
        if found.on > before:
            await publishing.announce(session, CLOCK, row, closes_on=found.on, after=before)
        _tell(session, row, before)

    def _recounted(row: PerformanceDeclaration) -> LastDay | None:
        edition = editions().named(row.edition)
        if row.notice_from is None or row.notice_until is None or edition is None:
            return None
        counted = calendar().deadline_after(row.notice_from, edition.notice_working_days)
        announced = LastDay(row.notice_until, row.notice_provisional)
        return announced.recounted(counted, not_before=row.notice_until)

    return Round("permits.performance_notice_days", EVERY, due, act)


def _tell(session: AsyncSession, row: PerformanceDeclaration, before: date) -> None:
    fact = NoticeRecounted(
        declaration_id=row.id,
        previous_until=before,
        provisional=row.notice_provisional,
        **row.model_dump(include={"permit_number", "uscc", "notice_from", "notice_until"}),
    )
    deeds.record(
        session,
        CLOCK,
        kind=PERFORMANCE_NOTICE_RECOUNTED,
        entity="performance_declaration",
        entity_id=row.id,
        subject=f"/v1/permits/performance/declarations/{row.id}",
        owner=row.uscc,
        before={"notice_until": before.isoformat(), "provisional": True},
        fact=fact,
    )
