"""SQL of deadlines."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.waste.clocks.models import Deadline


async def of_manifest(session: AsyncSession, manifest_id: uuid.UUID) -> Deadline | None:
    return (await session.exec(select(Deadline).where(Deadline.manifest_id == manifest_id))).first()


async def of_bags(session: AsyncSession, bag_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Deadline]:
    found = await session.exec(select(Deadline).where(col(Deadline.bag_id).in_(set(bag_ids))))
    return {deadline.bag_id: deadline for deadline in found if deadline.bag_id is not None}


async def provisional(session: AsyncSession) -> Sequence[Deadline]:
    """Open limits whose last day rests on a calendar that was not published."""
    statement = select(Deadline).where(col(Deadline.met_at).is_(None), col(Deadline.provisional))
    return (await session.exec(statement.order_by(col(Deadline.id)))).all()


async def open_locked(session: AsyncSession, deadline_id: uuid.UUID) -> Deadline | None:
    statement = select(Deadline).where(Deadline.id == deadline_id, col(Deadline.met_at).is_(None))
    return (await session.exec(statement.with_for_update())).first()


def overdue(now: datetime) -> sa.ColumnElement[bool]:
    """Open and past."""
    return sa.and_(col(Deadline.met_at).is_(None), col(Deadline.due_at) < now)


async def count_overdue(session: AsyncSession, uscc: str, *, kind: str, now: datetime) -> int:
    statement = (
        select(sa.func.count())
        .select_from(Deadline)
        .where(Deadline.responsible_uscc == uscc, Deadline.kind == kind, overdue(now))
    )
    return (await session.exec(statement)).one()
