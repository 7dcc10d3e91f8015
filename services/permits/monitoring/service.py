"""Use cases of whoever monitors: write a record, send a file of many; and what others ask of the records."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.kit.receipt_keys import ReceiptOffice
from services.kit.texts import Language
from services.kit.uploads import Upload
from services.permits.batches import receiving
from services.permits.batches import repository as batches
from services.permits.batches.entering import enter
from services.permits.batches.views import permit_of
from services.permits.monitoring import repository, views
from services.permits.monitoring.desk import MonitoringDesk
from services.permits.monitoring.events import MONITORING_RECORDED, MonitoringRecorded
from services.permits.monitoring.models import MonitoringRecord
from services.permits.monitoring.repository import Highest
from services.permits.monitoring.schemas import FigureRead, RecordCreate
from services.permits.permits.models import Permit


async def desk_for(
    session: AsyncSession, principal: Principal, permit: Permit, *, batch_id: uuid.UUID | None = None
) -> MonitoringDesk:
    """Who judges records about a permit, as of now."""
    site = await batches.site_of(session, permit)
    return MonitoringDesk(site, batch_id=batch_id, now=clock.now(), recorded_by=principal.subject)


async def also_wrong(
    session: AsyncSession, principal: Principal, content: RecordCreate, *, permit_number: str
) -> Findings:
    """What the rules say about a record whose shape is wrong in places."""
    permit = await permit_of(session, principal.rows, permit_number)
    return Findings((await desk_for(session, principal, permit)).judge(content))


async def record(
    session: AsyncSession, principal: Principal, content: RecordCreate, *, permit_number: str
) -> tuple[MonitoringRecord, bool]:
    """Writes one record. The second value: whether it is new."""
    permit = await permit_of(session, principal.rows, permit_number)
    desk = await desk_for(session, principal, permit)
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


async def receive(
    session: AsyncSession,
    principal: Principal,
    upload: Upload,
    *,
    permit_number: str,
    batch_id: uuid.UUID,
    office: ReceiptOffice,
    language: Language,
) -> bytes:
    """A file of records: a result for each row, one receipt."""
    permit = await permit_of(session, principal.rows, permit_number)
    desk = await desk_for(session, principal, permit, batch_id=batch_id)
    return await receiving.receive(
        session,
        principal,
        upload,
        permit=permit,
        desk=desk,
        batch_id=batch_id,
        office=office,
        language=language,
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
