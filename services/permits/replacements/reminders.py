"""The bureau's period for a replacement: reminders ahead to the bureau, and to the holder as well when it is over."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, events
from services.kit.auth import EVERY_ROW
from services.kit.rounds import Round
from services.permits.deadlines import looking
from services.permits.deadlines import repository as deadlines
from services.permits.deadlines.rules import OVER, PeriodSchedule, Running
from services.permits.endings import repository as permits
from services.permits.endings import service as endings
from services.permits.replacements import repository
from services.permits.replacements.events import REPLACEMENT_DUE_SOON, REPLACEMENT_OVERDUE, ReplacementDue
from services.permits.replacements.models import ReplacementRequest
from services.permits.replacements.rules import ARTICLE_REPLACEMENT
from services.permits.replacements.service import path_of

EVERY = timedelta(minutes=10)
_HORIZON = timedelta(days=31)
"""More calendar days than ten working days ever take."""


def notices(schedule: PeriodSchedule) -> Round:
    """Tells of each request's last day ahead and after it: each step once."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        today = clock.today()
        found = await repository.waiting(session, today + _HORIZON, today=today)
        return await looking.waiting(session, {each.id: _running(each) for each in found}, schedule)

    async def act(session: AsyncSession, request_id: uuid.UUID) -> None:
        asked = await repository.by_id(session, request_id, rows=EVERY_ROW)
        if asked is None:
            return
        await permits.permit(session, asked.permit_number, rows=EVERY_ROW, lock=True)
        if await repository.copies_of(session, [request_id]):
            return
        if await endings.standing_of(session, asked.permit_id, clock.today()) != "in_force":
            return  # it ended meanwhile: no certificate of it is given again
        running = _running(asked)
        step = looking.step_of(running, schedule)
        if step is not None and await deadlines.note(session, request_id, running, step, moment=clock.now()):
            _tell(session, asked, running, step)

    return Round("permits.replacement_notices", EVERY, due, act)


def _running(asked: ReplacementRequest) -> Running:
    return Running("replacement", asked.due_on, ARTICLE_REPLACEMENT)


def _tell(session: AsyncSession, asked: ReplacementRequest, running: Running, step: str) -> None:
    left = looking.days_left(running)
    fact = ReplacementDue(
        replacement_id=asked.id,
        step=step,
        days_left=max(0, left),
        days_late=max(0, -left),
        basis=running.basis,
        **asked.model_dump(include={"permit_number", "uscc", "cause", "happened_on", "due_on"}),
    )
    over = step == OVER
    events.emit(
        session,
        kind=REPLACEMENT_OVERDUE if over else REPLACEMENT_DUE_SOON,
        subject=path_of(asked),
        owner=asked.uscc if over else None,
        fact=fact,
    )
