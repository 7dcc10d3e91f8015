"""Use cases of reading: how a permit, the city's groups and the city as a whole stand in a year."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal, RowScope
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.permits.permits.errors import PermitNotFound
from services.permits.totals import figures, kept, plan, queries, repository, views
from services.permits.totals.control import Control, Target
from services.permits.totals.figures import Figures, Standing
from services.permits.totals.queries import Reported
from services.permits.totals.schemas import (
    PlanLine,
    PlanStanding,
    PollutantPosition,
    QuotaPosition,
    ReportUsed,
    YearActual,
    YearForecast,
)
from services.permits.totals.stored import Grouping, Sum


async def position(
    session: AsyncSession, rows: RowScope, *, permit_number: str, year: int, control: Control
) -> QuotaPosition:
    """How one permit stands; 404 where it did not hold in that year."""
    found = await figures.standings(
        session, rows=rows, years=range(year, year + 1), control=control, permit_numbers=[permit_number]
    )
    if not found:
        raise PermitNotFound()
    return _position(found[0], year)


async def positions(
    session: AsyncSession, rows: RowScope, *, query: PageQuery, year: int, uscc: str | None, control: Control
) -> Page[QuotaPosition]:
    permits, following = await queries.page_of_permits(session, rows=rows, query=query, uscc=uscc, year=year)
    found = await figures.standings(
        session,
        rows=rows,
        years=range(year, year + 1),
        control=control,
        permit_numbers=[permit.permit_number for permit in permits],
    )
    return Page(items=[_position(each, year) for each in found], next_cursor=following)


def _position(standing: Standing, year: int) -> QuotaPosition:
    held = standing.held
    return QuotaPosition(
        permit_number=held.permit_number,
        uscc=held.uscc,
        site_name=held.site_name,
        industry_code=held.industry_code,
        year=year,
        pollutants=[_pollutant(each, held.version) for each in standing.figures],
    )


def _pollutant(each: Figures, version: int) -> PollutantPosition:
    return PollutantPosition(
        pollutant=each.pollutant,
        quota_t=each.quota,
        permitted_t=each.permitted,
        permit_version=None if each.permitted is None else version,
        allowed_t=each.allowed,
        actual=YearActual(
            amount_t=each.actual,
            state=_state(each),
            complete=each.complete,
            months_reported=sorted(each.months),
            reports=[_used(report) for report in each.counted],
        ),
        remaining_t=each.remaining,
        forecast=_forecast(each),
    )


def _state(each: Figures) -> Literal["accepted", "submitted", "mixed", "none"]:
    states = {report.state for report in each.counted}
    if not states:
        return "none"
    if len(states) > 1:
        return "mixed"
    return "accepted" if states == {"accepted"} else "submitted"


def _used(report: Reported) -> ReportUsed:
    return ReportUsed.model_validate({name: getattr(report, name) for name in ReportUsed.model_fields})


def _forecast(each: Figures) -> YearForecast | None:
    made = each.forecast
    if made is None:
        return None
    content: dict[str, Any] = {
        **asdict(made),
        "missing_months": list(made.missing),
        "last_year": [_used(report) for report in each.last_year],
        "over_allowed": None if each.allowed is None else made.expected_t > each.allowed,
    }
    del content["missing"]
    return YearForecast.model_validate(content)


async def summary(
    session: AsyncSession, principal: Principal, *, year: int, by: Grouping, control: Control
) -> tuple[bytes, Collection[str]]:
    """The year's sums over the caller's permits, a group each: a `QuotaSummary` as JSON, and the groups.

    What was decided or reported last is in them.
    """
    found = await kept.sums(session, rows=principal.rows, year=year, by=by, control=control)
    return views.summary_json(year, by, found), {each.group for each in found}


async def against_plan(
    session: AsyncSession, principal: Principal, *, year: int, control: Control
) -> PlanStanding:
    """The city against the plans that run in the year."""
    targets = control.targets_in(year)
    by_year = {}
    for each in sorted({year, *(target.base_year for target in targets)} if targets else ()):
        found = await kept.sums(session, rows=principal.rows, year=each, by=None, control=control)
        by_year[each] = {of.pollutant: of for of in found}
    lines = []
    for target in targets:
        retired = await repository.retired(session, target.pollutant, target.first_year, year)
        now, then = (by_year[each].get(target.pollutant) for each in (year, target.base_year))
        lines.append(_line(target, year, now, then, retired))
    return PlanStanding(year=year, lines=lines)


def _line(target: Target, year: int, now: Sum | None, then: Sum | None, retired: Decimal) -> PlanLine:
    reported = then.actual if then is not None else None
    base, base_from = (target.base_t, "plan") if target.base_t else (reported or None, "reports")
    judged, judged_by = _judged(now)
    standing = plan.standing(
        base_year=target.base_year,
        last_year=target.last_year,
        year=year,
        percent=target.reduction_percent,
        base_t=base,
        actual_t=judged,
    )
    left = None if target.project_reduction_t is None else target.project_reduction_t - retired
    return PlanLine.model_validate(
        {
            **asdict(standing),
            "target": views.target_view(target),
            "base_t": base,
            "base_from": base_from if base else "none",
            "judged_t": judged,
            "judged_by": judged_by,
            "retired_t": retired,
            "projects_left_t": left,
        }
    )


def _judged(now: Sum | None) -> tuple[Decimal | None, str]:
    """What the city is judged by: what was reported where the year is complete, else the forecasts."""
    if now is None or now.whole is None:
        return None, "none"
    return now.expected, "reported" if now.whole else "forecast"
