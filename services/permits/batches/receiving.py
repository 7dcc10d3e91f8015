"""Use case of bulk data: a file of many rows about one permit. Good rows are kept, each has its result; one receipt."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import AsyncIterator
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal
from services.kit.locking import one_at_a_time
from services.kit.receipt_keys import ReceiptOffice
from services.kit.texts import Language
from services.kit.uploads import Upload
from services.permits.batches import results, views
from services.permits.batches.desk import Desk
from services.permits.batches.events import BATCH_RECEIVED, BatchFact
from services.permits.batches.intake import Intake, opened
from services.permits.batches.models import Batch
from services.permits.batches.opening import desk_for
from services.permits.batches.settling import one_by_one, straight_in
from services.permits.permits.models import Permit

RECEIPT_KIND = "permits.batch"


async def receive(
    session: AsyncSession,
    principal: Principal,
    upload: Upload,
    kind: type[Desk],
    *,
    permit_number: str,
    batch_id: uuid.UUID,
    office: ReceiptOffice,
    language: Language,
) -> bytes:
    """The JSON of `BatchReceived`. Everything enters in the request's transaction, or nothing does."""
    permit, desk = await desk_for(session, principal, kind, permit_number=permit_number, batch_id=batch_id)
    intake = await asyncio.to_thread(opened, upload, desk)
    # Two files of one permit that hold the same rows in another order would wait for each other for ever.
    await one_at_a_time(session, f"batch {permit.permit_number}")
    if not await straight_in(session, desk, _taken(intake)):
        await one_by_one(session, desk, intake, list(intake.texts))
    elif intake.corrections:
        await one_by_one(session, desk, intake, intake.corrections)
    batch = _batch(principal, upload, intake, permit=permit, batch_id=batch_id, office=office)
    session.add(batch)
    _record(session, principal, batch)
    return await asyncio.to_thread(results.answer, views.read(batch), intake, language)


async def _taken(intake: Intake) -> AsyncIterator[bytes]:
    """The rows that may be kept; while the server takes one piece, the next is read. One piece is read at a time."""
    pieces = intake.pieces()
    coming = asyncio.create_task(asyncio.to_thread(intake.take, next(pieces)))
    for piece in pieces:
        taken = await coming
        coming = asyncio.create_task(asyncio.to_thread(intake.take, piece))
        yield taken
    yield await coming


def _batch(
    principal: Principal,
    upload: Upload,
    intake: Intake,
    *,
    permit: Permit,
    batch_id: uuid.UUID,
    office: ReceiptOffice,
) -> Batch:
    counts: dict[str, Any] = {
        "rows": len(intake.lines),
        "accepted": len(intake.lines) - len(intake.repeated) - len(intake.errors),
        "repeated": len(intake.repeated),
        "refused": len(intake.errors),
    }
    about: dict[str, Any] = {
        "kind": intake.desk.kind,
        "permit_number": permit.permit_number,
        "uscc": permit.uscc,
    }
    document: dict[str, Any] = {
        "batch_id": str(batch_id),
        **about,
        **counts,
        "media_type": upload.media_type,
        "file_sha256": hashlib.sha256(upload.content).hexdigest(),
        "repeated_lines": [intake.lines[place] for place in sorted(intake.repeated)],
        "refused_lines": [intake.lines[place] for place in sorted(intake.errors)],
    }
    issued = office.issue(
        kind=RECEIPT_KIND,
        subject=views.path_of(intake.desk.kind, permit.permit_number, batch_id),
        document=document,
        submitted_by=principal.subject,
        on_behalf_of=permit.uscc,
    )
    return Batch(
        id=batch_id,
        **about,
        **counts,
        document=document,
        document_sha256=issued.receipt.document_sha256,
        received_by=principal.subject,
        received_at=clock.now(),
        receipt_id=issued.receipt.receipt_id,
        receipt_jws=issued.jws,
    )


def _record(session: AsyncSession, principal: Principal, batch: Batch) -> None:
    fact = BatchFact(
        batch_id=batch.id, **batch.model_dump(include=set(BatchFact.model_fields) - {"batch_id"})
    )
    deeds.record(
        session,
        principal,
        kind=BATCH_RECEIVED,
        entity="batch",
        entity_id=batch.id,
        owner=batch.uscc,
        subject=views.path_of(batch.kind, batch.permit_number, batch.id),
        fact=fact,
    )
