"""Samples that are to be taken soon or are missing: the round that reminds and escalates, and who was told."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import date, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import RowScope
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.rounds import Round
from services.kit.schemas import Page
from services.permits.obligations import rules_sampling, sampling, sampling_queries
from services.permits.obligations.events import tell_samplings
from services.permits.obligations.models import SamplingNotice
from services.permits.obligations.rules_notices import Schedule, Step
from services.permits.obligations.rules_sampling import Sampling
from services.permits.obligations.schemas import SamplingNoticeRead
from services.permits.permits.models import Permit

EVERY = timedelta(hours=1)
LOOK_BACK = timedelta(days=31)
"""For how long after its last step a window may still be told of: what was missing before this register is history."""


def notices(schedule: Schedule) -> Round:
    """Reminds ahead of the end of a window and escalates after it, while samples are missing: each step once."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        return await sampling_queries.with_plans(session, since=_since(schedule, clock.today()))

    async def act(session: AsyncSession, permit_id: uuid.UUID) -> None:
        permit, today = await session.get_one(Permit, permit_id), clock.today()
        by_step: dict[Step, list[SamplingNotice]] = {}
        for asked, taken in await _ended_or_near(session, permit, schedule, today):
            for step in rules_sampling.steps_on(asked, schedule, taken=taken, today=today):
                by_step.setdefault(step, []).append(_notice(permit, asked, taken, step))
        for told in by_step.values():
            fresh = await sampling_queries.note(session, told)
            if fresh:
                tell_samplings(session, fresh)

    return Round("sampling_notices", EVERY, due, act)


def _since(schedule: Schedule, today: date) -> date:
    return today - timedelta(days=schedule.steps[-1].days) - LOOK_BACK


async def _ended_or_near(
    session: AsyncSession, permit: Permit, schedule: Schedule, today: date
) -> list[tuple[Sampling, int]]:
    """The windows that have ended lately or will end by the day of the first reminder, beside what was taken."""
    since, until = _since(schedule, today), today - timedelta(days=schedule.steps[0].days)
    plan = await sampling.plan_of(session, permit.id)
    asked = [
        each
        for each in rules_sampling.samplings(plan, since=since, until=until)
        if since <= each.last <= until and each.wanted
    ]
    return await sampling.beside_taken(session, permit.permit_number, asked)


def _notice(permit: Permit, asked: Sampling, taken: int, step: Step) -> SamplingNotice:
    return SamplingNotice(
        id=new_id(),
        permit_number=permit.permit_number,
        uscc=permit.uscc,
        place=asked.place,
        pollutant_code=asked.pollutant_code,
        first=asked.first,
        last=asked.last,
        basis=asked.basis,
        wanted=asked.wanted,
        taken=taken,
        step=step.name,
        level=step.level,
        days=step.days,
        noticed_at=clock.now(),
    )


async def listing(
    session: AsyncSession,
    rows: RowScope,
    *,
    query: PageQuery,
    uscc: str | None,
    permit_number: str | None,
    level: str | None,
    missing: bool,
) -> Page[SamplingNoticeRead]:
    """Who was told of which samples, newest first."""
    found, following = await sampling_queries.page_of(
        session,
        rows=rows,
        query=query,
        uscc=uscc,
        permit_number=permit_number,
        level=level,
        missing_on=clock.today() if missing else None,
    )
    items = [SamplingNoticeRead.model_validate(dict(row._mapping)) for row in found]
    return Page(items=items, next_cursor=following)
