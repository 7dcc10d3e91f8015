"""Asks the rules about a report's content: the facts of the permit in, findings and exceedances out."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal
from services.kit.findings import Findings
from services.permits.obligations import repository as obligations
from services.permits.obligations.models import Obligation
from services.permits.obligations.rules import check_stopped
from services.permits.permits import repository as permits
from services.permits.permits.rules import LimitFact
from services.permits.reports import repository, rules
from services.permits.reports.schemas import ReportContent, ReportCorrection, ReportCreate


@dataclass(frozen=True, slots=True)
class Period:
    """What is reported on: the permit and the days, both included."""

    permit_number: str
    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1


def period_of(obligation: Obligation) -> Period:
    return Period(obligation.permit_number, obligation.period_start, obligation.period_end)


async def limits_of(session: AsyncSession, obligation: Obligation) -> list[LimitFact]:
    """The limits of the permit version that held at the period's end, those that held then.

    A permit that ended within the period is judged by its last version.
    """
    version = await permits.version_on(session, obligation.permit_id, obligation.period_end)
    version = version or await permits.version_on(session, obligation.permit_id, None)
    if version is None:
        return []
    day = min(obligation.period_end, version.valid_to)
    facts = [
        LimitFact(
            outlet_code=outlet.code,
            **limit.model_dump(include={"pollutant_code", "kind", "value", "unit", "valid_from", "valid_to"}),
        )
        for outlet, limits in await permits.outlets_of(session, version.id)
        for limit in limits
    ]
    return [fact for fact in facts if fact.holds_on(day)]


def values_of(content: ReportContent) -> list[rules.ValueFact]:
    return [rules.ValueFact(**value.model_dump()) for value in content.values]


def findings_of(
    content: ReportContent,
    *,
    limits: Sequence[LimitFact],
    period: Period,
    plausibility: rules.Plausibility | None = None,
) -> tuple[Findings, list[rules.Exceedance]]:
    """Everything wrong with a report's content, and the values over their limits."""
    found, values = Findings(), values_of(content)
    rules.check_days(found, production_days=content.production_days, period_days=period.days)
    check_stopped(
        found,
        stopped_from=content.stopped_from,
        production_days=content.production_days,
        period_start=period.start,
        period_end=period.end,
    )
    rules.check_values(found, limits, values)
    rules.check_plausible(found, limits, values, plausibility or rules.Plausibility())
    over = rules.exceedances(limits, values)
    rules.check_explained(found, over, content.exceedance_explanation)
    return found, over


async def of_submission(session: AsyncSession, principal: Principal, content: ReportCreate) -> Findings:
    """What the rules say about a submission whose shape is wrong in places."""
    return await _of_rest(session, principal, content, content.obligation_id)


async def of_correction(
    session: AsyncSession, principal: Principal, content: ReportCorrection, *, report_id: str
) -> Findings:
    """What the rules say about a correction whose shape is wrong in places."""
    report = await repository.by_id(session, uuid.UUID(report_id), rows=principal.rows)
    return await _of_rest(session, principal, content, report.obligation_id) if report else Findings()


async def _of_rest(
    session: AsyncSession, principal: Principal, content: ReportContent, obligation_id: uuid.UUID
) -> Findings:
    obligation = await obligations.by_id(session, obligation_id, rows=principal.rows)
    if obligation is None:
        return Findings()
    limits = await limits_of(session, obligation)
    found, _ = findings_of(content, limits=limits, period=period_of(obligation))
    return found
