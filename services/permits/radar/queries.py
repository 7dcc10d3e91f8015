"""SQL of permits whose holders are to be told that they end."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.permits.applications.models import Application
from services.permits.applications.rules import OPEN, Kind
from services.permits.deadlines import repository as deadlines
from services.permits.deadlines.rules import OVER
from services.permits.permits.models import Permit, PermitVersion
from services.permits.radar.repository import ended

PERIOD = "permit"
RENEWING = (Kind.RENEWAL, Kind.REAPPLICATION)
"""What gives a permit another term (条例 art. 14, 15)."""


@dataclass(frozen=True, slots=True)
class Ending:
    """A permit with the last day of its newest version, and whether another term is applied for."""

    permit_id: uuid.UUID
    valid_to: date
    under_way: bool


async def ending_by(session: AsyncSession, day: date, *, now: date) -> Sequence[Ending]:
    """Permits that end by `day` and of which not everything was told: not ended otherwise, not replaced by another."""
    statement = _terms(now).where(
        col(PermitVersion.valid_to) <= day,
        ~deadlines.told(col(Permit.id), PERIOD, col(PermitVersion.valid_to), OVER),
    )
    return [Ending(*each) for each in await session.exec(statement.order_by(col(Permit.id)))]


async def locked(
    session: AsyncSession, permit_id: uuid.UUID, *, now: date
) -> tuple[Permit, PermitVersion, bool] | None:
    """A permit that neither was ended nor replaced, its newest version and whether another term is applied for; it
    stays as it is until the transaction is over."""
    await session.exec(select(Permit.id).where(Permit.id == permit_id).with_for_update())
    found = (await session.exec(_terms(now).where(Permit.id == permit_id))).first()
    if found is None:
        return None
    permit, version = (
        await session.exec(
            select(Permit, PermitVersion)
            .join(PermitVersion, col(PermitVersion.permit_id) == Permit.id)
            .where(Permit.id == permit_id, PermitVersion.version == Permit.current_version)
        )
    ).one()
    return permit, version, bool(found[2])


def _terms(now: date) -> Any:
    """Permits that nobody ended and nothing replaced, each with its newest version's last day."""
    renewing = (
        sa.select(sa.literal(1))
        .where(
            col(Application.permit_number) == Permit.permit_number,
            col(Application.kind).in_(RENEWING),
            col(Application.state).in_(OPEN),
        )
        .correlate_except(Application)
        .exists()
    )
    return (
        sa.select(col(Permit.id), col(PermitVersion.valid_to), renewing)
        .join(PermitVersion, col(PermitVersion.permit_id) == Permit.id)
        .where(col(PermitVersion.version) == Permit.current_version, ~ended(None), ~_replaced(now))
    )


def _replaced(now: date) -> sa.Exists:
    """Whether another permit of the site (all but the last character of the number, HJ 608-2017) holds, or will, and
    ends later."""
    other, later = aliased(Permit), aliased(PermitVersion)
    site = sa.func.left(Permit.permit_number, 21)
    statement = sa.select(sa.literal(1)).where(
        col(other.uscc) == Permit.uscc,
        sa.func.left(other.permit_number, 21) == site,
        col(other.id) != Permit.id,
        col(later.permit_id) == other.id,
        col(later.version) == other.current_version,
        col(later.valid_to) > col(PermitVersion.valid_to),
        col(later.valid_to) >= now,
        ~ended(None, of=col(other.id)),
    )
    return statement.correlate_except(other, later).exists()
