"""The last day of a replacement that was provisional, counted again once the calendar on the way is published."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import EVERY_ROW
from services.kit.rounds import CLOCK, Round
from services.kit.working_days import WorkingCalendar, published_calendar
from services.permits.deadlines.rules import LastDay
from services.permits.endings import repository as permits
from services.permits.replacements import repository, rules
from services.permits.replacements.events import REPLACEMENT_RECOUNTED, ReplacementRecounted
from services.permits.replacements.models import ReplacementRequest
from services.permits.replacements.practice import practice
from services.permits.replacements.service import path_of

EVERY = timedelta(minutes=10)


def last_days(*, calendar: Callable[[], WorkingCalendar] = published_calendar) -> Round:
    """Counts again what was not given yet."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        found = await repository.provisional(session)
        return [each.id for each in found if _recounted(each) is not None]

    async def act(session: AsyncSession, request_id: uuid.UUID) -> None:
        asked = await repository.by_id(session, request_id, rows=EVERY_ROW)
        if asked is None:
            return
        await permits.permit(session, asked.permit_number, rows=EVERY_ROW, lock=True)
        await session.refresh(asked)
        if await repository.copies_of(session, [request_id]):
            return  # it was given meanwhile
        found, before = _recounted(asked), asked.due_on
        if found is not None:
            asked.due_on, asked.provisional = found.on, found.provisional
            _tell(session, asked, LastDay(before, provisional=True))

    def _recounted(asked: ReplacementRequest) -> LastDay | None:
        asked_on = asked.requested_at.astimezone(clock.CITY_TIME).date()
        counted = rules.reissue_by(asked_on, practice(), calendar())
        return LastDay(asked.due_on, asked.provisional).recounted(counted)

    return Round("permits.replacement_days", EVERY, due, act)


def _tell(session: AsyncSession, asked: ReplacementRequest, before: LastDay) -> None:
    fact = ReplacementRecounted(
        replacement_id=asked.id,
        previous_due_on=before.on,
        basis=rules.ARTICLE_REPLACEMENT,
        **asked.model_dump(include={"permit_number", "uscc", "cause", "due_on", "provisional"}),
    )
    deeds.record(
        session,
        CLOCK,
        kind=REPLACEMENT_RECOUNTED,
        entity="replacement",
        entity_id=asked.id,
        subject=path_of(asked),
        owner=asked.uscc,
        before={"due_on": before.on.isoformat(), "provisional": before.provisional},
        fact=fact,
    )
