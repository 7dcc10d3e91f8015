"""SQL of the ledger of quotas and of replacement statements."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import within_sites
from services.permits.totals.models import OffsetStatement, QuotaBook, QuotaEntry
from services.permits.totals.rules import RETIRED


async def lock_book(session: AsyncSession, pollutant: str, *, now: datetime) -> None:
    """Nobody else moves quotas of this pollutant until the transaction ends."""
    opened = insert(QuotaBook).values(pollutant=pollutant, opened_at=now).on_conflict_do_nothing()
    await session.exec(opened)
    await session.exec(select(QuotaBook).where(QuotaBook.pollutant == pollutant).with_for_update())


async def entries(session: AsyncSession, pollutant: str | None = None) -> Sequence[QuotaEntry]:
    """The whole ledger, or one pollutant's book, in order: for those who keep it, never for an answer."""
    statement = select(QuotaEntry)
    if pollutant is not None:
        statement = statement.where(QuotaEntry.pollutant == pollutant)
    return (await session.exec(statement.order_by(col(QuotaEntry.sequence)))).all()


async def entries_of(session: AsyncSession, permit_numbers: Collection[str]) -> Sequence[QuotaEntry]:
    """The entries that touch these permits, in order."""
    of_these = sa.any_(sa.cast(list(permit_numbers), sa.ARRAY(sa.Text())))
    touched = sa.or_(col(QuotaEntry.from_permit) == of_these, col(QuotaEntry.to_permit) == of_these)
    statement = select(QuotaEntry).where(touched).order_by(col(QuotaEntry.sequence))
    return (await session.exec(statement)).all()


async def retired(session: AsyncSession, pollutant: str, first_year: int, last_year: int) -> Decimal:
    """What was given up for good from one year up to another, t/a."""
    statement = select(sa.func.coalesce(sa.func.sum(QuotaEntry.tonnes), 0)).where(
        QuotaEntry.pollutant == pollutant,
        QuotaEntry.to_kind == RETIRED.kind,
        sa.between(QuotaEntry.from_year, first_year, last_year),
    )
    return (await session.exec(statement)).one()


async def page_of_entries(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    permit_number: str | None,
    pollutant: str | None,
) -> tuple[list[QuotaEntry], str | None]:
    """In the order in which they were made. An enterprise sees those that touch its own permits."""
    statement = select(QuotaEntry)
    if not rows.everything:
        statement = statement.where(sa.or_(_mine(rows, "from"), _mine(rows, "to")))
    if permit_number is not None:
        touched = sa.or_(
            col(QuotaEntry.from_permit) == permit_number, col(QuotaEntry.to_permit) == permit_number
        )
        statement = statement.where(touched)
    if pollutant is not None:
        statement = statement.where(QuotaEntry.pollutant == pollutant)
    return await page(session, statement, by=[(col(QuotaEntry.sequence), int)], query=query)


def _mine(rows: RowScope, side: str) -> sa.ColumnElement[bool]:
    uscc, permit = getattr(QuotaEntry, f"{side}_uscc"), getattr(QuotaEntry, f"{side}_permit")
    of_sites = sa.and_(col(uscc).in_(rows.partly), col(permit).in_(rows.sites))
    return sa.or_(col(uscc).in_(rows.usccs), of_sites)


async def statement_by_id(
    session: AsyncSession, offset_id: uuid.UUID, *, rows: RowScope, lock: bool = False
) -> OffsetStatement | None:
    statement = within_sites(
        rows,
        select(OffsetStatement).where(OffsetStatement.id == offset_id),
        col(OffsetStatement.uscc),
        site=col(OffsetStatement.permit_number),
    )
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def page_of_statements(
    session: AsyncSession, *, rows: RowScope, query: PageQuery, uscc: str | None, state: str | None
) -> tuple[list[OffsetStatement], str | None]:
    """Newest first."""
    statement = within_sites(
        rows,
        select(OffsetStatement),
        col(OffsetStatement.uscc),
        site=col(OffsetStatement.permit_number),
    )
    if uscc is not None:
        statement = statement.where(OffsetStatement.uscc == uscc)
    if state is not None:
        statement = statement.where(OffsetStatement.state == state)
    by = [(col(OffsetStatement.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query, descending=True)


async def standing_statements(
    session: AsyncSession, uscc: str, ids: Collection[uuid.UUID]
) -> frozenset[uuid.UUID]:
    """Those of these statements that are the enterprise's, and neither refused nor withdrawn."""
    statement = select(OffsetStatement.id).where(
        OffsetStatement.uscc == uscc,
        col(OffsetStatement.id).in_(ids),
        col(OffsetStatement.state).in_(("submitted", "approved")),
    )
    return frozenset(await session.exec(statement))
