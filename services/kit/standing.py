"""How a service's event log and its consumers stand; part of `/readyz`, and the status page's source."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.consumers import Consumer
from services.kit.tables import ConsumerRow, EventRow, ParkedEventRow


async def feed_standing(session: AsyncSession) -> dict[str, Any]:
    """`position` of the newest event, and how many committed ones have none yet."""
    newest = select(sa.func.coalesce(sa.func.max(EventRow.position), 0))
    unnumbered = select(sa.func.count()).where(col(EventRow.position).is_(None))
    return {
        "position": (await session.exec(newest)).one(),
        "unnumbered": (await session.exec(unnumbered)).one(),
    }


async def consumer_standings(session: AsyncSession, consumers: Sequence[Consumer]) -> list[dict[str, Any]]:
    """For each: whose feed it reads, up to which position, when it moved, what is parked, seconds since an answer."""
    if not consumers:
        return []
    cursors = {row.name: row for row in await session.exec(select(ConsumerRow))}
    parked = (
        select(ParkedEventRow.consumer, sa.func.count())
        .where(col(ParkedEventRow.resolved_at).is_(None))
        .group_by(ParkedEventRow.consumer)
    )
    waiting: dict[str, int] = {name: count for name, count in await session.exec(parked)}  # noqa: C416 - rows
    return [
        {
            "name": each.name,
            "reads": each.source,
            "position": cursors[each.name].position if each.name in cursors else 0,
            "moved_at": cursors[each.name].updated_at.isoformat() if each.name in cursors else None,
            "parked": waiting.get(each.name, 0),
            "silent_s": round(time.monotonic() - each.progress.read_at),
        }
        for each in consumers
    ]
