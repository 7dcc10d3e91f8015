"""Batches as they are read."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.permits.batches import repository
from services.permits.batches.errors import BatchNotFound
from services.permits.batches.models import Batch
from services.permits.batches.schemas import BatchRead, BatchSummary
from services.permits.permits import repository as permits
from services.permits.permits.errors import PermitNotFound
from services.permits.permits.models import Permit
from services.permits.reports.schemas import ReceiptRead


async def permit_of(session: AsyncSession, rows: RowScope, permit_number: str) -> Permit:
    """The permit that records are about; 404 where it is not the caller's."""
    permit = await permits.by_number(session, permit_number, rows=rows)
    if permit is None:
        raise PermitNotFound()
    return permit


def path_of(kind: str, permit_number: str, batch_id: uuid.UUID) -> str:
    """Where a batch is read."""
    return f"/v1/permits/{kind}/{permit_number}/batches/{batch_id}"


def read(batch: Batch) -> BatchRead:
    return BatchRead(
        **BatchSummary.model_validate(batch).model_dump(),
        document=batch.document,
        receipt=ReceiptRead(
            receipt_id=batch.receipt_id, document_sha256=batch.document_sha256, jws=batch.receipt_jws
        ),
    )


async def get(session: AsyncSession, batch_id: uuid.UUID, *, permit_number: str, kind: str) -> BatchRead:
    """A batch about a permit that the caller may read."""
    batch = await repository.by_id(session, batch_id, permit_number=permit_number, kind=kind)
    if batch is None:
        raise BatchNotFound()
    return read(batch)


async def listing(
    session: AsyncSession, *, permit_number: str, kind: str, query: PageQuery
) -> Page[BatchSummary]:
    """The batches about a permit that the caller may read, newest first."""
    found, following = await repository.page_of(session, permit_number=permit_number, kind=kind, query=query)
    return Page(items=[BatchSummary.model_validate(each) for each in found], next_cursor=following)
