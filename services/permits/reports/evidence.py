"""What a report is judged by: the limits of its permit and the figures of earlier reports."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.remembered import Remembered
from services.permits.monitoring import service as monitoring
from services.permits.monitoring.schemas import FigureRead
from services.permits.obligations.models import Obligation
from services.permits.permits import repository as permits
from services.permits.permits.facts import stored_facts
from services.permits.permits.rules import LimitFact
from services.permits.reports import repository
from services.permits.reports.rules import ValueFact
from services.permits.reports.rules_plausibility import Monitored

_KNOWN: Remembered[uuid.UUID, tuple[LimitFact, ...]] = Remembered(512)
"""By permit version, which never changes: half of what it takes to judge a report is to read its limits."""
Earlier = Mapping[tuple[str, str], ValueFact]


@dataclass(frozen=True, slots=True)
class Period:
    """What is reported on: the permit and the days, both included."""

    permit_number: str
    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def whole_year(self) -> bool:
        """Whether amounts of it can be held against a year's."""
        return self.days >= 365


@dataclass(frozen=True, slots=True)
class Evidence:
    """The limits that hold, what was reported for the period before and for the same one of last year, and what the
    enterprise's own monitoring shows."""

    limits: Sequence[LimitFact]
    before: Earlier = field(default_factory=dict)
    last_year: Earlier = field(default_factory=dict)
    monitored: Mapping[tuple[str, str], Monitored] = field(default_factory=dict)


def period_of(obligation: Obligation) -> Period:
    return Period(obligation.permit_number, obligation.period_start, obligation.period_end)


async def evidence_of(session: AsyncSession, obligation: Obligation) -> Evidence:
    """Everything that the checks of one report look at."""
    limits = await limits_of(session, obligation)
    year_before = _year_before(obligation.period_start)
    rows = await repository.earlier_values(
        session,
        permit_number=obligation.permit_number,
        kind=obligation.kind,
        before=obligation.period_start,
        last_year=year_before,
    )
    newest = max((row[0] for row in rows), default=None)
    figures = await monitoring.figures(
        session, obligation.permit_number, obligation.period_start, obligation.period_end
    )
    return Evidence(
        limits,
        monitored=_highest(figures),
        before=_facts(row for row in rows if row[0] == newest),
        last_year=_facts(row for row in rows if row[0] == year_before),
    )


def _facts(rows: Iterable[tuple[Any, ...]]) -> dict[tuple[str, str], ValueFact]:
    facts = (ValueFact(*row[1:]) for row in rows)
    return {fact.key: fact for fact in facts}


def _year_before(day: date) -> date:
    """The first day of the same period one year earlier; periods begin with a month."""
    return day.replace(year=day.year - 1)


async def limits_of(session: AsyncSession, obligation: Obligation) -> list[LimitFact]:
    """The limits of the permit version that held at the period's end, those that held then.

    A permit that ended within the period is judged by its last version.
    """
    version = await permits.version_on(session, obligation.permit_id, obligation.period_end)
    version = version or await permits.version_on(session, obligation.permit_id, None)
    if version is None:
        return []
    day = min(obligation.period_end, version.valid_to)
    facts = _KNOWN.get(version.id)
    if facts is None:
        facts = tuple(stored_facts(await permits.outlets_of(session, version.id)))
        _KNOWN.keep(version.id, facts)
    return [fact for fact in facts if fact.holds_on(day)]


def _highest(figures: Sequence[FigureRead]) -> dict[tuple[str, str], Monitored]:
    """Of each pollutant at each outlet, whatever the means; what was only below detection proves nothing."""
    highest: dict[tuple[str, str], Monitored] = {}
    for each in figures:
        key = (each.place, each.pollutant_code)
        if each.below_detection < each.count and (key not in highest or each.maximum > highest[key].maximum):
            highest[key] = Monitored(each.maximum, each.unit)
    return highest
