"""The end of a permit: reminders to its holder to apply for the renewal, that the day to apply went by, that the permit
has expired."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.rounds import CLOCK, Round
from services.permits.deadlines import repository as deadlines
from services.permits.deadlines.rules import OVER, UNAPPLIED, Running
from services.permits.permits.models import Permit, PermitVersion
from services.permits.radar import queries, rules
from services.permits.radar.events import (
    PERMIT_EXPIRED,
    PERMIT_RENEWAL_DUE_SOON,
    PERMIT_RENEWAL_OVERDUE,
    PermitEnds,
)
from services.permits.radar.rules_notices import RenewalSchedule, notice_of

EVERY = timedelta(minutes=10)
_KINDS = {UNAPPLIED: PERMIT_RENEWAL_OVERDUE, OVER: PERMIT_EXPIRED}


def notices(schedule: RenewalSchedule) -> Round:
    """Tells of each permit's end ahead and after it: each step once for each last day, so that a longer term starts
    anew."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        return await queries.to_be_told(session, schedule.spans, today=clock.today())

    async def act(session: AsyncSession, permit_id: uuid.UUID) -> None:
        today = clock.today()
        found = await queries.locked(session, permit_id, today=today)
        if found is None:
            return  # it was ended or replaced meanwhile
        permit, version, under_way = found
        step = notice_of(version.valid_to, schedule, today=today, under_way=under_way)
        if step is not None:
            await _tell(session, permit, version, step, today=today)

    return Round("permits.permit_term_notices", EVERY, due, act)


async def _tell(
    session: AsyncSession, permit: Permit, version: PermitVersion, step: str, *, today: date
) -> None:
    basis = rules.ARTICLE_UNLAWFUL_GAP if step == OVER else rules.ARTICLE_RENEWAL
    running = Running(queries.PERIOD, version.valid_to, basis)
    if not await deadlines.note(session, permit.id, running, step, moment=clock.now()):
        return
    apply_by, left = rules.apply_by(version.valid_to), (version.valid_to - today).days
    fact = PermitEnds(
        step=step,
        apply_by=apply_by,
        days_to_apply=max(0, (apply_by - today).days),
        days_left=max(0, left),
        days_expired=max(0, -left),
        basis=basis,
        **permit.model_dump(include={"permit_number", "uscc"}),
        **version.model_dump(include={"site_name", "version", "valid_to"}),
    )
    deeds.record(
        session,
        CLOCK,
        kind=_KINDS.get(step, PERMIT_RENEWAL_DUE_SOON),
        entity="permit",
        entity_id=permit.permit_number,
        subject=f"/v1/permits/permits/{permit.permit_number}",
        owner=permit.uscc,
        fact=fact,
    )
