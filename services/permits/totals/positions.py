"""Use cases of reading: how a permit, the city's groups and the city as a whole stand in a year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import Principal, RowScope
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.permits.permits.errors import PermitNotFound
from services.permits.totals import figures, plan, queries, repository, rules, views
from services.permits.totals.control import Control, Target
from services.permits.totals.figures import Figures, Standing
from services.permits.totals.queries import Reported
from services.permits.totals.schemas import (
    PlanLine,
    PlanStanding,
    PollutantPosition,
    QuotaGroup,
    QuotaPosition,
    QuotaSum,
    QuotaSummary,
    ReportUsed,
    YearActual,
    YearForecast,
)

Grouping = Literal["enterprise", "industry", "division"]
_NONE = Decimal(0)


async def position(
    session: AsyncSession, rows: RowScope, *, permit_number: str, year: int, control: Control
) -> QuotaPosition:
    """How one permit stands; 404 where it did not hold in that year."""
    found = await figures.standings(
        session, rows=rows, year=year, control=control, permit_numbers=[permit_number]
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
        year=year,
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
    content = asdict(report)
    return ReportUsed.model_validate({name: content[name] for name in ReportUsed.model_fields})


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
) -> QuotaSummary:
    """The year's sums over the caller's permits, a group each."""
    found = await figures.standings(session, rows=principal.rows, year=year, control=control)
    groups: dict[str, list[Standing]] = defaultdict(list)
    for each in found:
        groups[group_of(each, by)].append(each)
    made = [QuotaGroup(group=name, sums=_sums(groups[name])) for name in sorted(groups)]
    return QuotaSummary(year=year, by=by, groups=made)


def group_of(standing: Standing, by: Grouping) -> str:
    """GB/T 4754: the class that the permit names, without its section's letter; the division, its first two digits."""
    if by == "enterprise":
        return standing.held.uscc
    code = standing.held.industry_code.lstrip("ABCDEFGHIJKLMNOPQRST")
    return code[:2] if by == "division" else code


def _sums(standings: Iterable[Standing]) -> list[QuotaSum]:
    by_pollutant: dict[str, list[Figures]] = defaultdict(list)
    for standing in standings:
        for each in standing.figures:
            by_pollutant[each.pollutant].append(each)
    return [_sum(name, by_pollutant[name]) for name in sorted(by_pollutant)]


def _sum(pollutant: str, found: list[Figures]) -> QuotaSum:
    allowed = _total(each.allowed for each in found)
    actual = _total(each.actual for each in found)
    return QuotaSum(
        pollutant=pollutant,
        permits=len(found),
        quota_t=_total(each.quota for each in found),
        permitted_t=_total(each.permitted for each in found),
        actual_t=actual,
        expected_t=_total(each.forecast.expected_t for each in found if each.forecast),
        without_report=sum(each.actual is None for each in found),
        without_forecast=sum(each.forecast is None for each in found),
        remaining_t=allowed - actual,
    )


def _total(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), _NONE)


async def against_plan(
    session: AsyncSession, principal: Principal, *, year: int, control: Control
) -> PlanStanding:
    """The city against the plans that run in the year."""
    targets = control.targets_in(year)
    by_year = {
        each: await figures.standings(session, rows=principal.rows, year=each, control=control)
        for each in sorted({year, *(target.base_year for target in targets)} if targets else ())
    }
    lines = []
    for target in targets:
        entries = [views.fact(row) for row in await repository.entries(session, target.pollutant)]
        now, then = (_of(by_year[each], target) for each in (year, target.base_year))
        lines.append(_line(target, year, now, then, entries))
    return PlanStanding(year=year, lines=lines)


def _of(standings: Iterable[Standing], target: Target) -> list[Figures]:
    return [each for standing in standings for each in standing.figures if each.pollutant == target.pollutant]


def _line(
    target: Target, year: int, now: list[Figures], then: list[Figures], entries: list[rules.Entry]
) -> PlanLine:
    reported = _total(each.actual for each in then)
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
    retired = _total(
        each.tonnes
        for each in entries
        if each.target == rules.RETIRED and target.first_year <= each.from_year <= year
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


def _judged(now: list[Figures]) -> tuple[Decimal | None, str]:
    """What the city is judged by: what was reported where the year is complete, else the forecasts."""
    known = [each for each in now if each.forecast is not None]
    if not known:
        return None, "none"
    whole = all(each.complete for each in known)
    return _total(each.forecast.expected_t for each in known if each.forecast), (
        "reported" if whole else "forecast"
    )
