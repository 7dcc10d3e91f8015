"""Which of the running periods are to be told of now, for the rounds that tell."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.working_days import published_calendar
from services.permits.deadlines import repository, rules
from services.permits.deadlines.rules import PeriodSchedule, Running


async def waiting(
    session: AsyncSession, running: Mapping[uuid.UUID, Running], schedule: PeriodSchedule
) -> list[uuid.UUID]:
    """Those of which something is to be told that was not yet."""
    told = await repository.told_of(session, list(running))
    found = []
    for subject, each in running.items():
        step = step_of(each, schedule)
        if step is not None and (subject, each.period, each.deadline, step) not in told:
            found.append(subject)
    return found


def step_of(running: Running, schedule: PeriodSchedule) -> str | None:
    """What is to be told of a period today."""
    return rules.notice_of(running, schedule, today=clock.today(), calendar=published_calendar())


def days_left(running: Running) -> int:
    """Working days to its last day, as of today; negative: so many since."""
    return running.days_left(clock.today(), published_calendar())
