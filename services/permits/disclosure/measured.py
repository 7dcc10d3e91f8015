"""What enterprises measured of themselves, as the public sees it (条例 第二十三条): SQL and use cases.

Only what was not corrected since, at outlets and points of the permit. A record of an outlet that the permit does not
have is a violation that is not yet decided on, and is left to the bureau.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.clock import CITY_TIME
from services.kit.downloads import Pages, Row
from services.kit.pages import PageQuery, page
from services.kit.schemas import Page
from services.kit.scoping import matching
from services.permits.batches.repository import uncorrected
from services.permits.batches.views import permit_of
from services.permits.disclosure.repository import PUBLIC
from services.permits.disclosure.schemas_measured import DisclosedRecord
from services.permits.monitoring.models import MonitoringRecord


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Narrows records; everything that is given has to hold."""

    permit_number: str | None = None
    outlet_code: str | None = None
    pollutant_code: str | None = None
    means: str | None = None
    sampled_from: datetime | None = None
    sampled_before: datetime | None = None


async def records(
    session: AsyncSession, *, query: PageQuery, permit_number: str, wanted: RecordFilter
) -> Page[DisclosedRecord]:
    """Of one permit, newest first; 404 where there is no such permit."""
    await permit_of(session, PUBLIC, permit_number)
    of_permit = replace(wanted, permit_number=permit_number)
    found, following = await _page_of(session, of_permit, query=query)
    return Page(items=[_view(record) for record in found], next_cursor=following)


def all_records(wanted: RecordFilter) -> Pages:
    """Of every permit, or of one."""

    async def page_of(session: AsyncSession, query: PageQuery) -> tuple[list[Row], str | None]:
        found, following = await _page_of(session, wanted, query=query)
        return [_view(record).model_dump(mode="json") for record in found], following

    return page_of


async def _page_of(
    session: AsyncSession, wanted: RecordFilter, *, query: PageQuery
) -> tuple[list[MonitoringRecord], str | None]:
    statement = matching(
        select(MonitoringRecord).where(
            ~col(MonitoringRecord.unpermitted_outlet), uncorrected(MonitoringRecord)
        ),
        (col(MonitoringRecord.permit_number), wanted.permit_number),
        (col(MonitoringRecord.outlet_code), wanted.outlet_code),
        (col(MonitoringRecord.pollutant_code), wanted.pollutant_code),
        (col(MonitoringRecord.means), wanted.means),
    )
    if wanted.sampled_from is not None:
        statement = statement.where(MonitoringRecord.sampled_at >= wanted.sampled_from)
    if wanted.sampled_before is not None:
        statement = statement.where(MonitoringRecord.sampled_at < wanted.sampled_before)
    by = [
        (col(MonitoringRecord.permit_number), str),
        (col(MonitoringRecord.sampled_at), datetime),
        (col(MonitoringRecord.id), uuid.UUID),
    ]
    return await page(session, statement, by=by, query=query, descending=True)


def _view(record: MonitoringRecord) -> DisclosedRecord:
    content = record.model_dump(include=set(DisclosedRecord.model_fields))
    sampled_at = record.sampled_at.astimezone(CITY_TIME)
    return DisclosedRecord.model_validate(
        {**content, "sampled_at": sampled_at, "published_at": record.recorded_at}
    )
