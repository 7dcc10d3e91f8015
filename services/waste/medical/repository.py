"""SQL of medical waste bags. A bag is seen by its hospital and by whoever took it over."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.waste.clocks.models import Deadline
from services.waste.clocks.repository import overdue as is_overdue
from services.waste.medical.models import MedicalBag, MedicalScan


def _visible(rows: RowScope) -> sa.ColumnElement[bool]:
    if rows.everything:
        return sa.true()
    return sa.or_(
        col(MedicalBag.hospital_uscc).in_(rows.usccs),
        col(MedicalBag.carrier_uscc).in_(rows.usccs),
        col(MedicalBag.plant_uscc).in_(rows.usccs),
    )


async def by_code(session: AsyncSession, code: str, *, rows: RowScope) -> MedicalBag | None:
    return (await session.exec(select(MedicalBag).where(MedicalBag.code == code, _visible(rows)))).first()


async def in_hand(session: AsyncSession, code: str) -> MedicalBag | None:
    """The bag of this code, locked: whoever scans it has it in hand, whosoever it was before."""
    statement = select(MedicalBag).where(MedicalBag.code == code).with_for_update()
    return (await session.exec(statement)).first()


async def scans_of(session: AsyncSession, bag_id: uuid.UUID) -> Sequence[MedicalScan]:
    statement = select(MedicalScan).where(MedicalScan.bag_id == bag_id)
    return (await session.exec(statement.order_by(col(MedicalScan.id)))).all()


async def page_of(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    hospital_uscc: str | None,
    state: str | None,
    overdue_at: datetime | None,
) -> tuple[list[MedicalBag], str | None]:
    """Newest first; with `overdue_at`, those stored too long at that moment."""
    statement = select(MedicalBag).where(_visible(rows))
    if hospital_uscc is not None:
        statement = statement.where(MedicalBag.hospital_uscc == hospital_uscc)
    if state is not None:
        statement = statement.where(MedicalBag.state == state)
    if overdue_at is not None:
        late = select(Deadline.bag_id).where(is_overdue(overdue_at), col(Deadline.bag_id).is_not(None))
        statement = statement.where(col(MedicalBag.id).in_(late))
    by = [(col(MedicalBag.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query, descending=True)
