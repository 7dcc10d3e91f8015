"""Late reports: who owes how many, and the round that reminds and escalates."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import RowScope
from services.kit.pages import PageQuery
from services.kit.rounds import Round
from services.kit.schemas import Page
from services.permits.obligations import overrides, queries, rules, service
from services.permits.obligations.events import ARTICLE_LATE, tell_noticed
from services.permits.obligations.rules_notices import Schedule, level_of, steps_on
from services.permits.obligations.schemas import LateEnterprise

EVERY = timedelta(minutes=10)


async def by_enterprise(
    session: AsyncSession, rows: RowScope, *, query: PageQuery, schedule: Schedule, late_since: int
) -> Page[LateEnterprise]:
    """The enterprises with reports that are past their due day and not submitted (条例 art. 37), by USCC."""
    today = clock.today()
    found, following = await queries.page_by_enterprise(
        session, rows=rows, query=query, today=today, late_since=late_since
    )
    items = []
    for row in found:
        days = rules.days_late(row.due_on, today)
        items.append(
            LateEnterprise(
                uscc=row.uscc,
                name=row.name,
                late=row.late,
                by_kind={kind: getattr(row, kind) for kind in rules.KINDS if getattr(row, kind)},
                oldest_due_on=row.due_on,
                days_late=days,
                level=level_of(schedule, days),
                article=ARTICLE_LATE,
            )
        )
    return Page(items=items, next_cursor=following)


def notices(schedule: Schedule) -> Round:
    """Reminds ahead of the due day and escalates after it: each step once for each due day."""

    async def due(session: AsyncSession) -> Iterable[uuid.UUID]:
        return await queries.to_be_told(session, schedule, today=clock.today())

    async def act(session: AsyncSession, obligation_id: uuid.UUID) -> None:
        obligation, today = await queries.locked(session, obligation_id), clock.today()
        if obligation is None:
            return  # it was reported meanwhile
        for step in steps_on(schedule, due_on=obligation.due_on, today=today):
            if await queries.note(session, obligation, step, clock.now()):
                tell_noticed(session, obligation, step, today=today)

    return Round("obligation_notices", EVERY, due, act)


def shipped_overrides() -> Round:
    """Moves what is still to come where a notice that ships with a new version says so."""

    async def due(_: AsyncSession) -> Iterable[Any]:
        return {(each.kind, each.period_end) for each in overrides.shipped()}

    async def act(session: AsyncSession, key: Any) -> None:
        kind, period_end = key
        await service.move_due_days(session, kind=kind, period_end=period_end)

    return Round("due_overrides", timedelta(hours=6), due, act)
