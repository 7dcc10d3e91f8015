"""Use cases of whoever monitors: write a record; and what others ask of the records."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import deeds
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.permits.batches.entering import enter
from services.permits.batches.opening import desk_for
from services.permits.monitoring import repository, views
from services.permits.monitoring.desk import MonitoringDesk
from services.permits.monitoring.events import MONITORING_RECORDED, MonitoringRecorded
from services.permits.monitoring.models import MonitoringRecord
from services.permits.monitoring.repository import Highest
from services.permits.monitoring.schemas import FigureRead, RecordCreate


async def also_wrong(
    session: AsyncSession, principal: Principal, content: RecordCreate, *, permit_number: str
) -> Findings:
    """What the rules say about a record whose shape is wrong in places."""
    _, desk = await desk_for(session, principal, MonitoringDesk, permit_number=permit_number)
    return Findings(desk.judge(content))


async def record(
    session: AsyncSession, principal: Principal, content: RecordCreate, *, permit_number: str
) -> tuple[MonitoringRecord, bool]:
    """Writes one record. The second value: whether it is new."""
    permit, desk = await desk_for(session, principal, MonitoringDesk, permit_number=permit_number)
    made, is_new = await enter(session, desk, content, table=MonitoringRecord)
    if is_new:
        _tell(session, principal, made, uscc=permit.uscc)
    return made, is_new


def _tell(session: AsyncSession, principal: Principal, made: MonitoringRecord, *, uscc: str) -> None:
    fact = MonitoringRecorded(
        record_id=made.id,
        uscc=uscc,
        **made.model_dump(include=set(MonitoringRecorded.model_fields) - {"record_id", "uscc"}),
    )
    deeds.record(
        session,
        principal,
        kind=MONITORING_RECORDED,
        entity="monitoring_record",
        entity_id=made.id,
        owner=uscc,
        after=made.model_dump(mode="json"),
        subject=f"/v1/permits/monitoring/{made.permit_number}/records/{made.id}",
        fact=fact,
    )


async def figures(session: AsyncSession, permit_number: str, start: date, end: date) -> list[FigureRead]:
    """Maximum, mean and number of a permit's records over these days, by place, pollutant and means.

    For the blank and the cross-checks of reports: whoever asks has seen to it that the caller may read the permit.
    """
    return await views.figures(session, permit_number, start, end)


async def highest(session: AsyncSession, permit_number: str, start: date, end: date) -> list[Highest]:
    """The largest values of each of these days at each outlet; as `figures` for who may ask."""
    return await repository.highest_by_day(session, views.of_days(permit_number, start, end))


async def sampled(
    session: AsyncSession, permit_number: str, start: date, end: date, *, means: str | None = None
) -> list[tuple[str, str, date, int]]:
    """Place, pollutant, day and number of the samples that were taken on these days; as `figures` for who may ask."""
    filters = replace(views.of_days(permit_number, start, end), means=means)
    return await repository.counts_by_day(session, filters)
