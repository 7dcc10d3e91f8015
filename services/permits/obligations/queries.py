"""SQL of late reports, by enterprise and by who is still to be told; and of monitoring plans."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import within_sites
from services.permits.enterprises.models import Enterprise
from services.permits.obligations.models import Obligation, ObligationNotice
from services.permits.obligations.repository import is_owed
from services.permits.obligations.rules_notices import Schedule, Step
from services.permits.obligations.rules_sampling import WORDS
from services.permits.permits.models import MonitoringPlanRow


async def page_by_enterprise(
    session: AsyncSession, *, rows: RowScope, query: PageQuery, today: date, late_since: int
) -> tuple[list[Any], str | None]:
    """A row an enterprise: `uscc`, `name`, how many reports are `late`, and since when (`due_on`)."""
    by_kind = [
        sa.func.count().filter(col(Obligation.kind) == kind).label(kind)
        for kind in ("monthly", "quarterly", "half_yearly", "annual")
    ]
    statement: Any = (
        sa.select(
            col(Obligation.uscc),
            col(Enterprise.name),
            sa.func.count().label("late"),
            sa.func.min(col(Obligation.due_on)).label("due_on"),
            *by_kind,
        )
        .join(Enterprise, col(Enterprise.uscc) == col(Obligation.uscc))
        .where(is_owed(), col(Obligation.due_on) < today)
        .group_by(col(Obligation.uscc), col(Enterprise.name))
        .having(sa.func.min(col(Obligation.due_on)) <= today - timedelta(days=late_since))
    )
    statement = within_sites(rows, statement, col(Obligation.uscc), site=col(Obligation.permit_number))
    return await page(session, statement, by=[(col(Obligation.uscc), str)], query=query)


async def to_be_told(session: AsyncSession, schedule: Schedule, *, today: date) -> Sequence[uuid.UUID]:
    """Obligations with a step whose day has come and that nobody was told of."""
    waiting = []
    for step, until in _spans(schedule):
        told = (
            select(ObligationNotice.step)
            .where(
                ObligationNotice.obligation_id == Obligation.id,
                ObligationNotice.due_on == Obligation.due_on,
                ObligationNotice.step == step.name,
            )
            .exists()
        )
        reached = col(Obligation.due_on) <= today - timedelta(days=step.days)
        span = [] if until is None else [col(Obligation.due_on) > today - timedelta(days=until)]
        waiting.append(sa.and_(reached, *span, ~told))
    first = min(step.days for step in schedule.steps)
    soon = col(Obligation.due_on) <= today - timedelta(days=first)  # what the index answers
    statement = select(Obligation.id).where(is_owed(), soon, sa.or_(*waiting))
    return (await session.exec(statement.order_by(col(Obligation.due_on), col(Obligation.id)))).all()


def _spans(schedule: Schedule) -> list[tuple[Step, int | None]]:
    """Each step with the day after the due day on which it is overtaken: a reminder by the next one or by lateness,
    an escalation by nothing."""
    steps = schedule.steps
    following = [*(min(step.days, 1) for step in steps[1:]), None]
    return [(step, after if step.ahead else None) for step, after in zip(steps, following, strict=True)]


async def locked(session: AsyncSession, obligation_id: uuid.UUID) -> Obligation | None:
    statement = select(Obligation).where(Obligation.id == obligation_id, is_owed()).with_for_update()
    return (await session.exec(statement)).first()


async def note(session: AsyncSession, obligation: Obligation, step: Step, moment: datetime) -> bool:
    """Keeps that somebody was told; False where that had been kept before."""
    row = insert(ObligationNotice).values(
        obligation_id=obligation.id,
        step=step.name,
        due_on=obligation.due_on,
        level=step.level,
        days=step.days,
        noticed_at=moment,
    )
    kept = row.on_conflict_do_nothing().returning(sa.literal(1))
    return (await session.exec(kept)).first() is not None


async def notices_of(session: AsyncSession, obligation_id: uuid.UUID) -> Sequence[ObligationNotice]:
    """Who was told of one obligation, in order."""
    statement = select(ObligationNotice).where(ObligationNotice.obligation_id == obligation_id)
    return (
        await session.exec(statement.order_by(col(ObligationNotice.noticed_at), col(ObligationNotice.days)))
    ).all()


async def plans_of(
    session: AsyncSession, version_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[MonitoringPlanRow]]:
    """The rows of these versions' monitoring plans that are sampled by hand at a frequency with a date."""
    statement = select(MonitoringPlanRow).where(
        col(MonitoringPlanRow.permit_version_id).in_(version_ids),
        col(MonitoringPlanRow.means) == "manual",
        col(MonitoringPlanRow.frequency)["per"].astext.in_(tuple(WORDS)),
    )
    found: dict[uuid.UUID, list[MonitoringPlanRow]] = {each: [] for each in version_ids}
    for row in await session.exec(statement.order_by(col(MonitoringPlanRow.id))):
        found[row.permit_version_id].append(row)
    return found
