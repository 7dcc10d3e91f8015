"""SQL of registrations whose holders are to be told that they end."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.permits.deadlines import repository as deadlines
from services.permits.deadlines.rules import Span
from services.permits.endings.repository import standing_is
from services.permits.permits.models import Permit
from services.permits.permits.repository import site_of
from services.permits.registrations.models import Registration

PERIOD = "registration"


async def to_be_told(session: AsyncSession, spans: Iterable[Span], *, today: date) -> Sequence[uuid.UUID]:
    """Registrations whose step of today was not told."""
    ids, last = col(Registration.id), col(Registration.valid_to)
    waiting = deadlines.to_be_told(ids, PERIOD, last, spans, today=today)
    return (await session.exec(select(ids).where(_stands_alone(today), waiting).order_by(last, ids))).all()


async def locked(session: AsyncSession, registration_id: uuid.UUID, *, today: date) -> Registration | None:
    """One that was not cancelled, of a site without a permit."""
    statement = select(Registration).where(Registration.id == registration_id, _stands_alone(today))
    return (await session.exec(statement.with_for_update(of=Registration))).first()


def _stands_alone(today: date) -> Any:
    """Not cancelled, and no permit of the site is in force: that takes the form's place (条例 art. 2, 24)."""
    number, receipt = col(Permit.permit_number), col(Registration.receipt_number)
    same_number = site_of(number) == site_of(receipt)
    same_name = col(Permit.site_name) == Registration.site_name
    permitted = sa.select(sa.literal(1)).where(
        col(Permit.uscc) == Registration.uscc, sa.or_(same_number, same_name), standing_is("in_force", today)
    )
    return sa.and_(~col(Registration.cancelled), ~permitted.correlate_except(Permit).exists())
