"""SQL of permits whose holders are to be told that they end."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.permits.applications.models import Application
from services.permits.applications.rules import OPEN, Kind
from services.permits.deadlines import repository as deadlines
from services.permits.deadlines.rules import Span
from services.permits.permits.models import Permit, PermitVersion
from services.permits.permits.repository import site_of
from services.permits.radar.repository import ended

PERIOD = "permit"
RENEWING = (Kind.RENEWAL, Kind.REAPPLICATION)
"""What gives a permit another term (条例 art. 14, 15)."""


async def to_be_told(session: AsyncSession, spans: Iterable[Span], *, today: date) -> Sequence[uuid.UUID]:
    """Permits whose step of today was not told: not ended otherwise, not replaced, not about to get another term."""
    waiting = deadlines.to_be_told(col(Permit.id), PERIOD, col(PermitVersion.valid_to), spans, today=today)
    statement = _running(select(Permit.id), today).where(~_renewing(), waiting)
    return list(await session.exec(statement.order_by(col(PermitVersion.valid_to), col(Permit.id))))


async def locked(
    session: AsyncSession, permit_id: uuid.UUID, *, today: date
) -> tuple[Permit, PermitVersion, bool] | None:
    """A permit that neither was ended nor replaced, its newest version and whether another term is applied for; it
    stays as it is until the transaction is over."""
    await session.exec(select(Permit.id).where(Permit.id == permit_id).with_for_update())
    statement = _running(select(Permit, PermitVersion), today).where(Permit.id == permit_id)
    found = (await session.exec(statement)).first()
    if found is None:
        return None
    renewing = (await session.exec(select(Permit.id).where(Permit.id == permit_id, _renewing()))).first()
    return found[0], found[1], renewing is not None


def _renewing() -> sa.Exists:
    """Whether another term is applied for and not decided on."""
    statement = sa.select(sa.literal(1)).where(
        col(Application.permit_number) == Permit.permit_number,
        col(Application.kind).in_(RENEWING),
        col(Application.state).in_(OPEN),
    )
    return statement.correlate_except(Application).exists()


def _running(statement: Any, today: date) -> Any:
    """With its newest version, where nobody ended the permit and nothing replaced it."""
    return statement.join(PermitVersion, col(PermitVersion.permit_id) == Permit.id).where(
        col(PermitVersion.version) == Permit.current_version, ~ended(None), ~_replaced(today)
    )


def _replaced(today: date) -> sa.Exists:
    """Whether another permit of the site holds, or will, and ends later."""
    other, later = aliased(Permit), aliased(PermitVersion)
    statement = sa.select(sa.literal(1)).where(
        col(other.uscc) == Permit.uscc,
        site_of(other.permit_number) == site_of(Permit.permit_number),
        col(other.id) != Permit.id,
        col(later.permit_id) == other.id,
        col(later.version) == other.current_version,
        col(later.valid_to) > col(PermitVersion.valid_to),
        col(later.valid_to) >= today,
        ~ended(None, of=col(other.id)),
    )
    return statement.correlate_except(other, later).exists()
