"""The end of a registration: reminders to its holder, and that it has expired."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.rounds import CLOCK, Round
from services.permits.deadlines import repository as deadlines
from services.permits.deadlines.rules import OVER, Running, TermSchedule, spans, step_at
from services.permits.registrations import queries, rules
from services.permits.registrations.events import (
    REGISTRATION_EXPIRED,
    REGISTRATION_RENEWAL_DUE_SOON,
    RegistrationEnds,
)
from services.permits.registrations.models import Registration
from services.permits.registrations.practice import practice

EVERY = timedelta(minutes=10)


def notices(schedule: TermSchedule) -> Round:
    """Tells of each registration's end ahead and after it: each step once for each last day, so that a renewal starts
    anew."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        return await queries.to_be_told(session, spans(schedule.ahead), today=clock.today())

    async def act(session: AsyncSession, registration_id: uuid.UUID) -> None:
        today = clock.today()
        registration = await queries.locked(session, registration_id, today=today)
        if registration is None:
            return  # it was cancelled, or the site has a permit
        step = step_at((registration.valid_to - today).days, schedule.ahead)
        if step is not None:
            await _tell(session, registration, step, today=today)

    return Round("permits.registration_term_notices", EVERY, due, act)


async def _tell(session: AsyncSession, registration: Registration, step: str, *, today: date) -> None:
    running = Running(queries.PERIOD, registration.valid_to, rules.ARTICLE_REGISTRATION)
    if not await deadlines.note(session, registration.id, running, step, moment=clock.now()):
        return
    left = (registration.valid_to - today).days
    fact = RegistrationEnds(
        step=step,
        renewal_opens_on=rules.renewal_opens_on(registration.valid_to, practice()),
        days_left=max(0, left),
        days_expired=max(0, -left),
        basis=running.basis,
        **registration.model_dump(
            include={"receipt_number", "uscc", "site_name", "version", "valid_to", "permit_needed"}
        ),
    )
    deeds.record(
        session,
        CLOCK,
        kind=REGISTRATION_EXPIRED if step == OVER else REGISTRATION_RENEWAL_DUE_SOON,
        entity="registration",
        entity_id=registration.receipt_number,
        subject=f"/v1/permits/registrations/{registration.receipt_number}",
        owner=registration.uscc,
        fact=fact,
    )
