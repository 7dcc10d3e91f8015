"""SQL of who was told of samples."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.clock import CITY_TIME
from services.kit.pages import PageQuery, page
from services.kit.scoping import matching, within_sites
from services.permits.batches.repository import uncorrected
from services.permits.monitoring.models import MonitoringRecord
from services.permits.obligations.models import SamplingNotice
from services.permits.permits.models import MonitoringPlanRow, PermitVersion

_COLUMNS = [col(getattr(SamplingNotice, name)) for name in SamplingNotice.model_fields]


async def with_plans(session: AsyncSession, *, since: date = date.min) -> Sequence[uuid.UUID]:
    """The permits with a version that holds on or after a day and wants something sampled by hand."""
    statement = (
        select(PermitVersion.permit_id)
        .join(MonitoringPlanRow, col(MonitoringPlanRow.permit_version_id) == PermitVersion.id)
        .where(MonitoringPlanRow.means == "manual", col(PermitVersion.valid_to) >= since)
        .distinct()
    )
    return (await session.exec(statement.order_by(col(PermitVersion.permit_id)))).all()


async def note(session: AsyncSession, told: Sequence[SamplingNotice]) -> list[SamplingNotice]:
    """Keeps that somebody was told; of these the ones that had not been kept before."""
    rows = insert(SamplingNotice).values([each.model_dump() for each in told])
    kept = rows.on_conflict_do_nothing().returning(col(SamplingNotice.id))
    fresh = set((await session.exec(kept)).scalars())
    return [each for each in told if each.id in fresh]


def _taken_now() -> sa.ScalarSelect[int]:
    """How many samples of a notice's window are recorded by now, by hand; a corrected record counts once."""
    place = sa.func.coalesce(col(MonitoringRecord.outlet_code), col(MonitoringRecord.point))
    begin, end = (
        sa.func.timezone(str(CITY_TIME), sa.cast(day, sa.DateTime))
        for day in (col(SamplingNotice.first), col(SamplingNotice.last) + sa.literal_column("1"))
    )
    return (
        sa.select(sa.func.count())
        .select_from(MonitoringRecord)
        .where(
            col(MonitoringRecord.permit_number) == SamplingNotice.permit_number,
            col(MonitoringRecord.pollutant_code) == SamplingNotice.pollutant_code,
            place == SamplingNotice.place,
            col(MonitoringRecord.means) == "manual",
            col(MonitoringRecord.sampled_at) >= begin,
            col(MonitoringRecord.sampled_at) < end,
            uncorrected(MonitoringRecord),
        )
        .correlate(SamplingNotice)
        .scalar_subquery()
    )


async def page_of(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    uscc: str | None,
    permit_number: str | None,
    level: str | None,
    missing_on: date | None,
) -> tuple[list[Any], str | None]:
    """Notices, each with what was taken by now, newest first; with `missing_on` those that told of missing samples, of
    windows that are over by that day and still lack some."""
    taken = _taken_now()
    statement: Any = sa.select(*_COLUMNS, taken.label("taken_now"))
    statement = within_sites(
        rows, statement, col(SamplingNotice.uscc), site=col(SamplingNotice.permit_number)
    )
    statement = matching(
        statement,
        (col(SamplingNotice.uscc), uscc),
        (col(SamplingNotice.permit_number), permit_number),
        (col(SamplingNotice.level), level),
    )
    if missing_on is not None:
        statement = statement.where(
            col(SamplingNotice.days) > 0,
            col(SamplingNotice.last) < missing_on,
            taken < col(SamplingNotice.wanted),
        )
    by = [(col(SamplingNotice.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query, descending=True)
