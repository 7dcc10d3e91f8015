"""Self-monitoring records as they are read."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.clock import CITY_TIME
from services.kit.downloads import Pages, Row
from services.kit.pages import PageQuery
from services.kit.schemas import Page, plain
from services.permits.batches import repository as batches
from services.permits.batches.errors import RecordNotFound
from services.permits.batches.rules import kept_until
from services.permits.batches.views import permit_of
from services.permits.monitoring import repository
from services.permits.monitoring.errors import FiguresReversed
from services.permits.monitoring.models import MonitoringRecord
from services.permits.monitoring.repository import Filters
from services.permits.monitoring.rules import BelowDetection
from services.permits.monitoring.schemas import FigureRead, Figures, RecordRead


def view(record: MonitoringRecord, *, superseded_by: uuid.UUID | None, years: int) -> RecordRead:
    sampled_at = record.sampled_at.astimezone(CITY_TIME)
    return RecordRead.model_validate(
        {
            **record.model_dump(exclude={"sampled_at", "value"}),
            "value": plain(record.value),
            "sampled_at": sampled_at.isoformat(),
            "uscc": record.permit_number[:18],
            "superseded_by": superseded_by,
            "kept_until": kept_until(sampled_at.date(), years),
        }
    )


async def views(
    session: AsyncSession, records: Sequence[MonitoringRecord], *, years: int
) -> list[RecordRead]:
    """Records of one permit."""
    if not records:
        return []
    ids = [record.id for record in records]
    newer = await batches.corrections_of(session, MonitoringRecord, records[0].permit_number, ids)
    return [view(record, superseded_by=newer.get(record.id), years=years) for record in records]


async def read(
    session: AsyncSession, rows: RowScope, *, permit_number: str, record_id: uuid.UUID, years: int
) -> RecordRead:
    permit = await permit_of(session, rows, permit_number)
    record = await batches.record(session, MonitoringRecord, permit.permit_number, record_id)
    if record is None:
        raise RecordNotFound()
    return (await views(session, [record], years=years))[0]


async def listing(
    session: AsyncSession, rows: RowScope, filters: Filters, *, query: PageQuery, years: int
) -> Page[RecordRead]:
    """A page of a permit's records."""
    await permit_of(session, rows, filters.permit_number)
    found, following = await repository.page_of(session, filters, query=query)
    return Page(items=await views(session, found, years=years), next_cursor=following)


def exporting(filters: Filters, *, years: int) -> Pages:
    """What an export reads, page by page."""

    async def pages(session: AsyncSession, query: PageQuery) -> tuple[list[Row], str | None]:
        found, following = await repository.page_of(session, filters, query=query)
        return [each.model_dump(mode="json") for each in await views(session, found, years=years)], following

    return pages


def of_days(permit_number: str, start: date, end: date) -> Filters:
    """The records of these days in the city, both included."""
    begin, finish = repository.moments(start, end)
    return Filters(permit_number, sampled_from=begin, sampled_before=finish)


async def figures(session: AsyncSession, permit_number: str, start: date, end: date) -> list[FigureRead]:
    """What a permit's records add up to over these days; the caller may read the permit."""
    below = BelowDetection()
    return [
        FigureRead(
            **{name: getattr(each, name) for name in ("place", "pollutant_code", "means", "unit", "count")},
            below_detection=each.below_detection,
            maximum=each.maximum,
            average=each.mean(below),
        )
        for each in await repository.sums(session, permit_number, start, end)
    ]


async def read_figures(
    session: AsyncSession, rows: RowScope, *, permit_number: str, start: date, end: date
) -> Figures:
    if end < start:
        raise FiguresReversed()
    permit = await permit_of(session, rows, permit_number)
    found = await figures(session, permit.permit_number, start, end)
    return Figures(permit_number=permit.permit_number, start=start, end=end, figures=found)
