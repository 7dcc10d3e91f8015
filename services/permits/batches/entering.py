"""Use case of one record: it enters its table once, however often it is sent."""

from __future__ import annotations

from typing import Any, TypeVar, cast

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.findings import Findings
from services.kit.told import savepoint
from services.permits.batches import repository
from services.permits.batches.desk import Desk
from services.permits.batches.errors import AlreadyCorrected, RecordExists, RecordInvalid, RecordNotFound
from services.permits.batches.models import Record

Made = TypeVar("Made", bound=Record)


async def enter(session: AsyncSession, desk: Desk, row: Any, *, table: type[Made]) -> tuple[Made, bool]:
    """The record, and whether it is new: one that was sent before is answered as it stands."""
    Findings(desk.judge(row)).raise_if_any(RecordInvalid)
    record = cast(Made, desk.made_of(row))
    known = await repository.record(session, table, record.permit_number, record.id)
    if known is None:
        await _refuse_wrong_correction(session, desk, table, record)
        try:
            async with savepoint(session):
                session.add(record)
                await session.flush()
        except IntegrityError as error:
            known = await repository.record(session, table, record.permit_number, record.id)
            if known is None:  # another correction came first
                raise AlreadyCorrected() from error
    if known is None:
        return record, True
    if any(getattr(known, name) != getattr(record, name) for name in desk.same):
        raise RecordExists()
    return known, False


async def _refuse_wrong_correction(
    session: AsyncSession, desk: Desk, table: type[Made], record: Made
) -> None:
    if record.supersedes is None:
        return
    target = await repository.record(session, table, record.permit_number, record.supersedes)
    if target is None or any(getattr(target, name) != getattr(record, name) for name in desk.alike):
        raise RecordNotFound()
    newer = await repository.corrections_of(session, table, record.permit_number, [target.id])
    if newer:
        raise AlreadyCorrected(newest=str(newer[target.id]))
