"""The round that finds reports which were due and did not come (条例 art. 37), and lets go of those no longer owed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.rounds import CLOCK, Round
from services.permits.obligations import queries as obligations
from services.permits.violations import judging, repository, rules, steps

EVERY = timedelta(minutes=10)


def late_reports() -> Round:
    """Opens a violation for each report that is past its due day: once, however often the round is made."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        return await repository.overdue(session, today=clock.today())

    async def act(session: AsyncSession, obligation_id: uuid.UUID) -> None:
        obligation = await obligations.locked(session, obligation_id)
        if obligation is None or obligation.due_on >= clock.today():
            return  # it was reported meanwhile, or is due later now
        known = await repository.by_cause(session, judging.non_receipt_cause(obligation_id))
        if known is None:
            found = judging.non_receipt(obligation, obligation_id=obligation.id, due_on=obligation.due_on)
            await steps.opened(session, CLOCK, [found])
        elif known.resolution == "not_owed":
            steps.take(session, CLOCK, known, rules.Step.REOPEN, changes={"due_on": obligation.due_on})

    return Round("late_reports", EVERY, due, act)


def no_longer_owed() -> Round:
    """Ends those whose report is no longer owed, or was given a later day by a notice."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        return await repository.not_owed(session, today=clock.today())

    async def act(session: AsyncSession, violation_id: uuid.UUID) -> None:
        found = await repository.locked(session, violation_id)
        if found is not None and found.state == rules.State.OPEN:
            changes = {"resolution": "not_owed", "resolved_on": clock.today()}
            steps.take(session, CLOCK, found, rules.Step.RESOLVE, changes=changes)

    return Round("no_longer_owed", EVERY, due, act)
