"""The period for the feedback of a verification: reminders ahead to the bureau, and that it is over, to both."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, events
from services.kit.auth import EVERY_ROW
from services.kit.rounds import Round
from services.permits.deadlines import looking
from services.permits.deadlines import repository as deadlines
from services.permits.deadlines.rules import OVER, PeriodSchedule, Running
from services.permits.greenhouse import repository
from services.permits.greenhouse.events import (
    GREENHOUSE_FEEDBACK_DUE_SOON,
    GREENHOUSE_FEEDBACK_OVERDUE,
    GreenhouseFeedbackDue,
)
from services.permits.greenhouse.models import GreenhouseReport
from services.permits.greenhouse.rules import ARTICLE_VERIFICATION

EVERY = timedelta(minutes=10)
_HORIZON = timedelta(days=31)
"""More calendar days than ten working days ever take."""


def notices(schedule: PeriodSchedule) -> Round:
    """Tells of the last day to feed each result back, ahead and after it: each step once."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        found = await repository.not_fed_back(session, clock.today() + _HORIZON)
        running = {report_id: _running(due_on) for report_id, due_on in found.items()}
        return await looking.waiting(session, running, schedule)

    async def act(session: AsyncSession, report_id: uuid.UUID) -> None:
        report = await repository.by_id(session, report_id, rows=EVERY_ROW, lock=True)
        if report is None or report.feedback_due_on is None or report.fed_back_on is not None:
            return  # it was fed back meanwhile
        running = _running(report.feedback_due_on)
        step = looking.step_of(running, schedule)
        if step is not None and await deadlines.note(session, report_id, running, step, moment=clock.now()):
            _tell(session, report, running, step)

    return Round("permits.greenhouse_feedback_notices", EVERY, due, act)


def _running(due_on: date) -> Running:
    return Running("feedback", due_on, ARTICLE_VERIFICATION)


def _tell(session: AsyncSession, report: GreenhouseReport, running: Running, step: str) -> None:
    left = looking.days_left(running)
    fact = GreenhouseFeedbackDue(
        report_id=report.id,
        step=step,
        feedback_due_on=running.deadline,
        provisional=report.feedback_provisional,
        days_left=max(0, left),
        days_late=max(0, -left),
        basis=running.basis,
        **report.model_dump(include={"uscc", "year", "version", "verification_ended_on"}),
    )
    over = step == OVER
    events.emit(
        session,
        kind=GREENHOUSE_FEEDBACK_OVERDUE if over else GREENHOUSE_FEEDBACK_DUE_SOON,
        subject=f"/v1/permits/greenhouse/reports/{report.id}",
        owner=report.uscc if over else None,
        fact=fact,
    )
