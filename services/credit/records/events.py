"""Facts about records. They carry no content: what was withheld after a repair must not live on in a feed."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.records.models import Record
from services.kit import events
from services.kit.event_catalogue import EventType
from services.kit.schemas import Schema
from services.kit.texts import Text

# Only in the audit trail
RECORD_ENTERED = "credit.record_entered.v1"
RECORD_REVISED = "credit.record_revised.v1"
RECORD_SUBMITTED = "credit.record_submitted.v1"
RECORD_REJECTED = "credit.record_rejected.v1"


class RecordAdmitted(Schema):
    """Payload: which record, and where it stands in the log."""

    record_id: uuid.UUID
    uscc: str
    index: int


RECORD_ADMITTED = EventType(
    "credit.record_admitted.v1",
    RecordAdmitted,
    Text(zh="信用信息已认定入账", en="A record was admitted to the ledger"),
)


def tell_admitted(session: AsyncSession, record: Record, *, index: int) -> None:
    """Emits the one step that is a fact to others; drafts are the office's own business."""
    events.emit(
        session,
        kind=RECORD_ADMITTED,
        subject=f"/v1/credit/records/{record.id}",
        owner=record.uscc,
        fact=RecordAdmitted(record_id=record.id, uscc=record.uscc, index=index),
    )
