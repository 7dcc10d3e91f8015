"""SQL of manifests. A party sees its own; a draft is seen by its shipper alone."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import within
from services.waste.manifests.models import (
    NUMBER,
    Discrepancy,
    Manifest,
    ManifestLine,
    ManifestStep,
    Notice,
    ReceptionLine,
)
from services.waste.manifests.rules import HOLDS_RESERVATION


def _visible(rows: RowScope) -> sa.ColumnElement[bool]:
    own = col(Manifest.shipper_uscc).in_(rows.usccs)
    other = sa.or_(
        sa.true() if rows.everything else sa.false(),
        col(Manifest.carrier_uscc).in_(rows.usccs),
        col(Manifest.receiver_uscc).in_(rows.usccs),
    )
    return sa.or_(own, sa.and_(col(Manifest.submitted_at).is_not(None), other))


async def new_number(session: AsyncSession, day: date) -> str:
    """Our own number, never used twice: the day and a serial that may have gaps."""
    serial = (await session.exec(select(NUMBER.next_value()))).one()
    return f"M{day:%Y%m%d}-{serial:06d}"


async def by_id(
    session: AsyncSession, manifest_id: uuid.UUID, *, rows: RowScope, lock: bool = False
) -> Manifest | None:
    statement = select(Manifest).where(Manifest.id == manifest_id, _visible(rows))
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def page_of(
    session: AsyncSession, *, rows: RowScope, query: PageQuery, uscc: str | None, state: str | None
) -> tuple[list[Manifest], str | None]:
    """Newest first; `uscc` is any of the three parties."""
    statement = select(Manifest).where(_visible(rows))
    if uscc is not None:
        statement = statement.where(_party(uscc))
    if state is not None:
        statement = statement.where(Manifest.state == state)
    return await page(session, statement, by=[(col(Manifest.id), uuid.UUID)], query=query, descending=True)


def _party(uscc: str) -> sa.ColumnElement[bool]:
    return sa.or_(
        col(Manifest.shipper_uscc) == uscc,
        col(Manifest.carrier_uscc) == uscc,
        col(Manifest.receiver_uscc) == uscc,
    )


async def lines_of(session: AsyncSession, manifest_id: uuid.UUID) -> Sequence[ManifestLine]:
    statement = select(ManifestLine).where(ManifestLine.manifest_id == manifest_id)
    return (await session.exec(statement.order_by(col(ManifestLine.line)))).all()


async def reception_of(session: AsyncSession, manifest_id: uuid.UUID) -> dict[int, ReceptionLine]:
    found = await session.exec(select(ReceptionLine).where(ReceptionLine.manifest_id == manifest_id))
    return {line.line: line for line in found}


async def steps_of(session: AsyncSession, manifest_id: uuid.UUID) -> Sequence[ManifestStep]:
    statement = select(ManifestStep).where(ManifestStep.manifest_id == manifest_id)
    return (await session.exec(statement.order_by(col(ManifestStep.position)))).all()


async def discrepancy_of(session: AsyncSession, manifest_id: uuid.UUID) -> Discrepancy | None:
    return (await session.exec(select(Discrepancy).where(Discrepancy.manifest_id == manifest_id))).first()


async def notices_of(session: AsyncSession, discrepancy_id: uuid.UUID) -> Sequence[Notice]:
    statement = select(Notice).where(Notice.discrepancy_id == discrepancy_id)
    return (await session.exec(statement.order_by(col(Notice.addressee_kind).desc()))).all()


async def notices_page(
    session: AsyncSession, *, rows: RowScope, query: PageQuery
) -> tuple[list[Notice], str | None]:
    """Newest first: an enterprise's own, or all for the bureau."""
    statement = within(rows, select(Notice), col(Notice.addressee))
    return await page(session, statement, by=[(col(Notice.id), uuid.UUID)], query=query, descending=True)


async def discrepancies_named(
    session: AsyncSession, ids: set[uuid.UUID]
) -> dict[uuid.UUID, tuple[Discrepancy, str]]:
    """These discrepancies with the numbers of their manifests."""
    statement = (
        select(Discrepancy, Manifest.number)
        .join(Manifest, col(Manifest.id) == Discrepancy.manifest_id)
        .where(col(Discrepancy.id).in_(ids))
    )
    return {found.id: (found, number) for found, number in (await session.exec(statement)).all()}


async def count_open(session: AsyncSession, uscc: str) -> int:
    """Manifests on their way, whatever part this unit has in them."""
    statement = (
        select(sa.func.count())
        .select_from(Manifest)
        .where(_party(uscc), col(Manifest.state).in_(sorted(HOLDS_RESERVATION)))
    )
    return (await session.exec(statement)).one()


async def count_discrepancies(session: AsyncSession, uscc: str, *, since: datetime) -> int:
    statement = (
        select(sa.func.count())
        .select_from(Discrepancy)
        .where(Discrepancy.shipper_uscc == uscc, Discrepancy.found_at >= since)
    )
    return (await session.exec(statement)).one()
