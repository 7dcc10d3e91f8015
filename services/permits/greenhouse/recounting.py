"""The last day of a feedback that was provisional, counted again once the calendar on the way is published."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import EVERY_ROW
from services.kit.rounds import CLOCK, Round
from services.kit.working_days import WorkingCalendar, published_calendar
from services.permits.deadlines.rules import LastDay
from services.permits.greenhouse import factors, repository, rules
from services.permits.greenhouse.events import GREENHOUSE_FEEDBACK_RECOUNTED, GreenhouseFeedbackRecounted
from services.permits.greenhouse.models import GreenhouseReport

EVERY = timedelta(minutes=10)


def feedback_days(
    file: Path | None, *, calendar: Callable[[], WorkingCalendar] = published_calendar
) -> Round:
    """Counts again what was not fed back; `file` has the working days (configuration)."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        found = await repository.provisional_feedback(session)
        return [each.id for each in found if _recounted(each) is not None]

    async def act(session: AsyncSession, report_id: uuid.UUID) -> None:
        report = await repository.by_id(session, report_id, rows=EVERY_ROW, lock=True)
        if report is None or report.feedback_due_on is None or report.fed_back_on is not None:
            return  # it was fed back meanwhile
        found, before = _recounted(report), report.feedback_due_on
        if found is not None:
            report.feedback_due_on, report.feedback_provisional = found.on, found.provisional
            report.updated_at = clock.now()
            _tell(session, report, LastDay(before, provisional=True), found)

    def _recounted(report: GreenhouseReport) -> LastDay | None:
        ended, due_on = report.verification_ended_on, report.feedback_due_on
        if ended is None or due_on is None:
            return None
        counted = calendar().deadline_after(ended, factors.load(file).reporting.feedback_working_days)
        return LastDay(due_on, report.feedback_provisional).recounted(counted)

    return Round("permits.greenhouse_feedback_days", EVERY, due, act)


def _tell(session: AsyncSession, report: GreenhouseReport, before: LastDay, now: LastDay) -> None:
    fact = GreenhouseFeedbackRecounted(
        report_id=report.id,
        previous_due_on=before.on,
        feedback_due_on=now.on,
        provisional=now.provisional,
        basis=rules.ARTICLE_VERIFICATION,
        **report.model_dump(include={"uscc", "year", "version", "verification_ended_on"}),
    )
    deeds.record(
        session,
        CLOCK,
        kind=GREENHOUSE_FEEDBACK_RECOUNTED,
        entity="greenhouse_report",
        entity_id=report.id,
        subject=f"/v1/permits/greenhouse/reports/{report.id}",
        owner=report.uscc,
        before={"feedback_due_on": before.on.isoformat(), "provisional": before.provisional},
        fact=fact,
    )
