"""SQL of what was told of periods."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.permits.deadlines.models import DeadlineNotice
from services.permits.deadlines.rules import Running, Span


async def told_of(session: AsyncSession, subject_ids: Collection[uuid.UUID]) -> set[tuple[object, ...]]:
    """Subject, period, last day and step of all that was told of these."""
    statement = select(DeadlineNotice).where(col(DeadlineNotice.subject_id).in_(subject_ids))
    return {
        (each.subject_id, each.period, each.deadline, each.step) for each in await session.exec(statement)
    }


def to_be_told(
    subject: Any, period: str, deadline: Any, spans: Iterable[Span], *, today: date
) -> sa.ColumnElement[bool]:
    """Whether the step of today was not told of a term, in SQL; `subject` and `deadline` are columns."""
    waiting = []
    for span in spans:
        reached = [deadline <= today + timedelta(days=span.most)]
        if span.least is not None:
            reached.append(deadline >= today + timedelta(days=span.least))
        waiting.append(sa.and_(*reached, ~_told(subject, period, deadline, span.step)))
    return sa.or_(*waiting)


def _told(subject: Any, period: str, deadline: Any, step: str) -> sa.Exists:
    statement = sa.select(sa.literal(1)).where(
        col(DeadlineNotice.subject_id) == subject,
        col(DeadlineNotice.period) == period,
        col(DeadlineNotice.deadline) == deadline,
        col(DeadlineNotice.step) == step,
    )
    return statement.correlate_except(DeadlineNotice).exists()


async def note(
    session: AsyncSession, subject_id: uuid.UUID, running: Running, step: str, *, moment: datetime
) -> bool:
    """Keeps that it was told; False where that had been kept before."""
    row = insert(DeadlineNotice).values(
        subject_id=subject_id,
        period=running.period,
        deadline=running.deadline,
        step=step,
        noticed_at=moment,
    )
    kept = row.on_conflict_do_nothing().returning(sa.literal(1))
    return (await session.exec(kept)).first() is not None
