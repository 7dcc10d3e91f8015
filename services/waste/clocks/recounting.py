"""The last day to confirm a manifest (Order 23 art. 18) that was provisional, counted again once the calendar is
published."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import deeds
from services.kit.rounds import CLOCK, Round
from services.kit.working_days import WorkingCalendar, published_calendar
from services.waste.clocks import repository
from services.waste.clocks.events import CONFIRMATION_RECOUNTED, ConfirmationRecounted
from services.waste.clocks.models import Deadline
from services.waste.clocks.service import confirmation_due

EVERY = timedelta(minutes=10)


def confirmation_days(*, calendar: Callable[[], WorkingCalendar] = published_calendar) -> Round:
    """Counts again what was not confirmed yet; what is certain stays."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        return [each.id for each in await repository.provisional(session) if _moves(each)]

    async def act(session: AsyncSession, deadline_id: uuid.UUID) -> None:
        deadline = await repository.open_locked(session, deadline_id)
        if deadline is None or not deadline.provisional or not _moves(deadline):
            return  # it was confirmed or settled meanwhile
        before = deadline.due_on
        for name, value in confirmation_due(deadline.started_at, calendar()).items():
            setattr(deadline, name, value)
        _tell(session, deadline, before)

    def _moves(deadline: Deadline) -> bool:
        due = confirmation_due(deadline.started_at, calendar())
        return any(getattr(deadline, name) != due[name] for name in ("due_on", "uncovered_years"))

    return Round("waste.confirmation_days", EVERY, due, act)


def _tell(session: AsyncSession, deadline: Deadline, before: date) -> None:
    fact = ConfirmationRecounted.model_validate(
        {
            **deadline.model_dump(include={"manifest_id", "due_on", "provisional", "calendar", "basis"}),
            "receiver_uscc": deadline.responsible_uscc,
            "previous_due_on": before,
        }
    )
    deeds.record(
        session,
        CLOCK,
        kind=CONFIRMATION_RECOUNTED,
        entity="manifest",
        entity_id=deadline.manifest_id,
        subject=f"/v1/waste/manifests/{deadline.manifest_id}",
        owner=deadline.responsible_uscc,
        before={"due_on": before.isoformat(), "provisional": True},
        fact=fact,
    )
