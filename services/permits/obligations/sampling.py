"""Use case: the sampling duties of one permit, as the plans of its versions ask for them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import RowScope
from services.kit.pages import PageQuery, decode, encode
from services.kit.schemas import Page
from services.permits.endings import service as endings
from services.permits.monitoring import service as monitoring
from services.permits.obligations import queries, repository, rules, rules_sampling, service
from services.permits.obligations.errors import PermitNumberNeeded, SpanTooLong
from services.permits.obligations.rules_sampling import Planned, Requirement, Sampling
from services.permits.obligations.schemas import SamplingRead
from services.permits.permits import repository as permits
from services.permits.permits.errors import PermitNotFound
from services.permits.permits.models import MonitoringPlanRow

MOST_DAYS = 93
_BEFORE, _AFTER = timedelta(days=31), timedelta(days=62)
_KEY = (date, str, str, date, str)


async def listing(
    session: AsyncSession,
    rows: RowScope,
    *,
    query: PageQuery,
    number: str | None,
    since: date | None,
    until: date | None,
) -> Page[SamplingRead]:
    """What is to be sampled in the windows that touch these days, by the day on which it must have been."""
    after = tuple(decode(query.cursor, _KEY)) if query.cursor is not None else None
    if number is None:
        raise PermitNumberNeeded()
    since = since or clock.today() - _BEFORE
    until = until or since + _AFTER
    if not 0 <= (until - since).days < MOST_DAYS:
        raise SpanTooLong(days=MOST_DAYS)
    permit = await permits.by_number(session, number, rows=rows)
    if permit is None:
        raise PermitNotFound()
    asked = rules_sampling.samplings(await plan_of(session, permit.id), since=since, until=until)
    found = [each for each in asked if after is None or rules_sampling.order(each) > after]
    page, more = found[: query.limit], found[query.limit :]
    items = await _judged(session, number, page)
    return Page(items=items, next_cursor=encode(rules_sampling.order(page[-1])) if more else None)


async def _judged(session: AsyncSession, number: str, asked: Sequence[Sampling]) -> list[SamplingRead]:
    """The duties beside the samples that were taken by hand."""
    judged, today = [], clock.today()
    for each, taken in await beside_taken(session, number, asked):
        state = rules_sampling.state_of(each, taken=taken, today=today)
        judged.append(SamplingRead.model_validate({**asdict(each), "taken": taken, "state": state}))
    return judged


async def beside_taken(
    session: AsyncSession, number: str, asked: Sequence[Sampling]
) -> list[tuple[Sampling, int]]:
    """Each duty of a permit with how many samples were taken by hand; a corrected record counts once."""
    counts = await taken_by_day(session, number, asked)
    return [(each, rules_sampling.taken_in(each, counts)) for each in asked]


async def taken_by_day(
    session: AsyncSession, number: str, asked: Sequence[Sampling]
) -> dict[tuple[str, str], list[tuple[date, int]]]:
    """How many samples were taken by hand on each day of these duties, by place and pollutant."""
    if not asked:
        return {}
    first, last = min(each.first for each in asked), max(each.last for each in asked)
    counts: dict[tuple[str, str], list[tuple[date, int]]] = {}
    for place, pollutant, day, count in await monitoring.sampled(
        session, number, first, last, means="manual"
    ):
        counts.setdefault((place, pollutant), []).append((day, count))
    return counts


async def plan_of(session: AsyncSession, permit_id: uuid.UUID) -> list[Planned]:
    """What the permit wants sampled, and on which days: each version while it holds, to the end of the permit.
    Automatic equipment measures all the time; a batch or an event has no date."""
    versions = (await repository.versions_of(session, [permit_id]))[permit_id]
    plans = await queries.plans_of(session, [version.id for version in versions])
    ended_on = await endings.bound_until(session, permit_id)
    by_number = {version.version: version.id for version in versions}
    return rules_sampling.planned(
        (held.first, held.last, [_requirement(row) for row in plans[by_number[held.version.number]]])
        for held in rules.holdings(service.facts_of(versions), ended_on=ended_on)
    )


def _requirement(row: MonitoringPlanRow) -> Requirement:
    return Requirement(row.outlet_code or row.point or "", row.pollutant_code, **(row.frequency or {}))
