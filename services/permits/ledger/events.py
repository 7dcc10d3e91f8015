"""Facts about the ledger. Files of many entries are told of as one: `permits.batch_received.v1`."""

import uuid

from services.kit.event_catalogue import EventType
from services.kit.schemas import Moment, Schema
from services.kit.texts import Text


class EntryRecorded(Schema):
    """Payload: which entry; what it says is read at its address."""

    entry_id: uuid.UUID
    permit_number: str
    uscc: str
    kind: str
    facility_code: str | None
    happened_at: Moment
    supersedes: uuid.UUID | None


LEDGER_ENTRY_RECORDED = EventType(
    "permits.ledger_entry_recorded.v1",
    EntryRecorded,
    Text(zh="已记录台账", en="An entry was made in the ledger"),
)
