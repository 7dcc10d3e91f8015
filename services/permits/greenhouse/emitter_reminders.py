"""The yearly report of a key emitter: reminders ahead, and that it is late, to it and then to the bureau."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.rounds import CLOCK, Round
from services.permits.greenhouse import factors, repository, rules, service
from services.permits.greenhouse.events import (
    GREENHOUSE_REPORT_DUE_SOON,
    GREENHOUSE_REPORT_LATE,
    EmitterReportDue,
)
from services.permits.greenhouse.models import GreenhouseUnit
from services.permits.obligations.rules_notices import Schedule, Step, steps_on

EVERY = timedelta(minutes=10)
Key = tuple[str, int]
"""Emitter and year."""


def notices(schedule: Schedule, file: Path | None) -> Round:
    """Tells of each report that did not come: each step once for each due day, which `file` has (configuration)."""

    async def due(session: AsyncSession) -> Iterable[Key]:
        waiting = await repository.unreported(session)
        told = await repository.told_of(session, [(each.uscc, each.year) for each in waiting])
        return [
            (each.uscc, each.year)
            for each in waiting
            if any((each.uscc, each.year, on, step.name) not in told for on, step in _reached(each.year))
        ]

    async def act(session: AsyncSession, key: Key) -> None:
        unit = await repository.unreported_locked(session, *key)
        if unit is None:
            return  # it was reported meanwhile
        for due_on, step in _reached(unit.year):
            if await repository.note(session, unit, step, due_on, clock.now()):
                _tell(session, unit, step, due_on)

    def _reached(year: int) -> list[tuple[date, Step]]:
        due_on = service.due_on(year, factors.load(file))
        return [(due_on, step) for step in steps_on(schedule, due_on=due_on, today=clock.today())]

    return Round("permits.emitter_report_notices", EVERY, due, act)


def _tell(session: AsyncSession, unit: GreenhouseUnit, step: Step, due_on: date) -> None:
    days = (clock.today() - due_on).days
    fact = EmitterReportDue(
        **unit.model_dump(include={"uscc", "year", "sector"}),
        step=step.name,
        level=step.level,
        due_on=due_on,
        days_left=max(0, -days),
        days_late=max(0, days),
        basis=rules.ARTICLE_REPORT if step.ahead else rules.ARTICLE_LATE,
    )
    deeds.record(
        session,
        CLOCK,
        kind=GREENHOUSE_REPORT_DUE_SOON if step.ahead else GREENHOUSE_REPORT_LATE,
        entity="greenhouse_unit",
        entity_id=f"{unit.uscc}/{unit.year}",
        subject=f"/v1/permits/greenhouse/emitters?uscc={unit.uscc}",
        owner=unit.uscc,
        fact=fact,
    )
