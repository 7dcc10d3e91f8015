"""The periods before a decision on an end: reminders ahead, and that they are over, to holder and bureau."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, events
from services.kit.auth import EVERY_ROW
from services.kit.rounds import Round
from services.permits.deadlines import looking
from services.permits.deadlines import repository as deadlines
from services.permits.deadlines.rules import OVER, PeriodSchedule, Running
from services.permits.endings import repository, rules_procedure, service, views
from services.permits.endings.events import ENDING_PERIOD_ENDS, ENDING_PERIOD_OVER, EndingPeriod
from services.permits.endings.models import EndingProposal, EndingStep
from services.permits.endings.rules_procedure import Step

EVERY = timedelta(minutes=10)


def notices(schedule: PeriodSchedule) -> Round:
    """Tells of each period's end ahead and after it: each step once for each last day."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        proposals = await repository.undecided(session)
        steps = await repository.steps_of(session, [each.id for each in proposals])
        running = {each.id: _running(each, steps[each.id]) for each in proposals}
        return await looking.waiting(
            session, {each: found for each, found in running.items() if found is not None}, schedule
        )

    async def act(session: AsyncSession, ending_id: uuid.UUID) -> None:
        proposal = await service.get(session, EVERY_ROW, ending_id)
        await repository.permit(session, proposal.permit_number, rows=EVERY_ROW, lock=True)
        if await repository.decisions_of(session, [ending_id]):
            return
        running = _running(proposal, (await repository.steps_of(session, [ending_id]))[ending_id])
        step = looking.step_of(running, schedule) if running else None
        if running is not None and step is not None:
            await _tell(session, proposal, running, step)

    return Round("permits.ending_notices", EVERY, due, act)


def _running(proposal: EndingProposal, steps: Sequence[EndingStep]) -> Running | None:
    told = views.told(proposal, steps)
    return rules_procedure.running(
        views.procedure_state(steps, None),
        told=told,
        hearing_on=views.hearing_on(steps),
        stated=any(each.step == Step.STATE for each in steps),
        statement_until=views.statement_ends(proposal, told),
    )


async def _tell(session: AsyncSession, proposal: EndingProposal, running: Running, step: str) -> None:
    if not await deadlines.note(session, proposal.id, running, step, moment=clock.now()):
        return
    left = looking.days_left(running)
    fact = EndingPeriod(
        ending_id=proposal.id,
        period=running.period,
        step=step,
        deadline=running.deadline,
        days_left=max(0, left),
        days_over=max(0, -left),
        basis=running.basis,
        **proposal.model_dump(include={"permit_number", "uscc", "kind", "ground"}),
    )
    kind = ENDING_PERIOD_OVER if step == OVER else ENDING_PERIOD_ENDS
    events.emit(session, kind=kind, subject=service.path_of(proposal), owner=proposal.uscc, fact=fact)
