"""Ledger entries as they are read."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.clock import CITY_TIME
from services.kit.downloads import Pages, Row
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.permits.batches import repository as batches
from services.permits.batches.errors import RecordNotFound
from services.permits.batches.rules import kept_until
from services.permits.batches.views import permit_of
from services.permits.ledger import frequencies, repository
from services.permits.ledger.models import LedgerEntry
from services.permits.ledger.repository import Filters
from services.permits.ledger.schemas import EntryRead


def view(entry: LedgerEntry, *, superseded_by: uuid.UUID | None, years: int) -> EntryRead:
    happened_on = entry.happened_at.astimezone(CITY_TIME).date()
    return EntryRead.model_validate(
        {
            **entry.details,
            **entry.model_dump(exclude={"details", "happened_at"}),
            "happened_at": entry.happened_at.astimezone(CITY_TIME).isoformat(),
            "uscc": entry.permit_number[:18],
            "superseded_by": superseded_by,
            "kept_until": kept_until(happened_on, years),
        }
    )


async def views(session: AsyncSession, entries: Sequence[LedgerEntry], *, years: int) -> list[EntryRead]:
    """Entries of one permit."""
    if not entries:
        return []
    ids = [entry.id for entry in entries]
    number = entries[0].permit_number
    newer = await batches.corrections_of(session, LedgerEntry, number, ids)
    kept = await frequencies.years_kept(session, number, least=years)
    return [view(entry, superseded_by=newer.get(entry.id), years=kept[entry.kind]) for entry in entries]


async def read(
    session: AsyncSession, rows: RowScope, *, permit_number: str, entry_id: uuid.UUID, years: int
) -> EntryRead:
    permit = await permit_of(session, rows, permit_number)
    entry = await batches.record(session, LedgerEntry, permit.permit_number, entry_id)
    if entry is None:
        raise RecordNotFound()
    return (await views(session, [entry], years=years))[0]


async def listing(
    session: AsyncSession, rows: RowScope, filters: Filters, *, query: PageQuery, years: int
) -> Page[EntryRead]:
    """A page of a permit's ledger."""
    await permit_of(session, rows, filters.permit_number)
    found, following = await repository.page_of(session, filters, query=query)
    return Page(items=await views(session, found, years=years), next_cursor=following)


def exporting(filters: Filters, *, years: int) -> Pages:
    """What an export reads, page by page."""

    async def pages(session: AsyncSession, query: PageQuery) -> tuple[list[Row], str | None]:
        found, following = await repository.page_of(session, filters, query=query)
        return [each.model_dump(mode="json") for each in await views(session, found, years=years)], following

    return pages
