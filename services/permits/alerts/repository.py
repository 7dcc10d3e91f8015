"""SQL of alerts. They are public: no row belongs to anybody."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.locking import one_at_a_time
from services.kit.pages import PageQuery, page
from services.permits.alerts.models import AlertPeriod


async def by_id(
    session: AsyncSession, alert_period_id: uuid.UUID, *, lock: bool = False
) -> AlertPeriod | None:
    statement = select(AlertPeriod).where(AlertPeriod.id == alert_period_id)
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def same_as(session: AsyncSession, alert: AlertPeriod) -> uuid.UUID | None:
    """The alert of the same level, area and time that stands; until the transaction ends nobody adds another."""
    await one_at_a_time(session, "permits.alert_periods")
    statement = select(AlertPeriod.id).where(
        AlertPeriod.level == alert.level,
        AlertPeriod.region_code == alert.region_code,
        AlertPeriod.begins_at == alert.begins_at,
        col(AlertPeriod.ends_at).is_not_distinct_from(alert.ends_at),
        col(AlertPeriod.lifted_at).is_(None),
        col(AlertPeriod.followed_by).is_(None),
    )
    return (await session.exec(statement.limit(1))).first()


# What was declared by mistake was lifted as it began, and never held.
_EVER = sa.or_(col(AlertPeriod.ends_at).is_(None), col(AlertPeriod.ends_at) > col(AlertPeriod.begins_at))


def _held(first: datetime, last: datetime) -> sa.ColumnElement[bool]:
    ends = sa.or_(col(AlertPeriod.ends_at).is_(None), col(AlertPeriod.ends_at) > first)
    return sa.and_(col(AlertPeriod.begins_at) < last, ends)


async def between(session: AsyncSession, first: datetime, last: datetime) -> Sequence[AlertPeriod]:
    """Alerts that hold at some moment from `first` to `last`."""
    return (await session.exec(select(AlertPeriod).where(_held(first, last)))).all()


async def page_of(
    session: AsyncSession,
    *,
    query: PageQuery,
    state: str | None,
    regions: Collection[str] | None,
    within: tuple[datetime, datetime] | None,
) -> tuple[list[AlertPeriod], str | None]:
    """Newest first; those for one of `regions`, and that held at some moment `within`."""
    statement = select(AlertPeriod)
    if regions is not None:
        statement = statement.where(col(AlertPeriod.region_code).in_(regions))
    if within is not None:
        statement = statement.where(_held(*within), _EVER)
    if state is not None:
        lifted, changed = col(AlertPeriod.lifted_at).is_not(None), col(AlertPeriod.followed_by).is_not(None)
        wanted = {"lifted": lifted, "changed": changed, "open": ~lifted & ~changed}
        statement = statement.where(wanted[state])
    by = [(col(AlertPeriod.begins_at), datetime), (col(AlertPeriod.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query, descending=True)


async def followed(session: AsyncSession, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """By alert, the one that it follows."""
    statement = select(AlertPeriod).where(col(AlertPeriod.followed_by).in_(ids))
    return {each.followed_by: each.id for each in await session.exec(statement) if each.followed_by}


async def ended_untold(session: AsyncSession, now: datetime) -> Sequence[uuid.UUID]:
    """Alerts that have ended by themselves, of which nobody was told."""
    statement = select(AlertPeriod.id).where(
        col(AlertPeriod.ends_at) <= now,
        col(AlertPeriod.lifted_at).is_(None),
        col(AlertPeriod.followed_by).is_(None),
        col(AlertPeriod.end_told_at).is_(None),
    )
    return (await session.exec(statement.order_by(col(AlertPeriod.id)))).all()
