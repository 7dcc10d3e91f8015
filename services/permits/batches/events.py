"""Facts about batches."""

import uuid

from services.kit.event_catalogue import EventType
from services.kit.schemas import Schema
from services.kit.texts import Text


class BatchFact(Schema):
    """Payload: which file, and what became of its rows."""

    batch_id: uuid.UUID
    kind: str
    permit_number: str
    uscc: str
    rows: int
    accepted: int
    repeated: int
    refused: int
    document_sha256: str


BATCH_RECEIVED = EventType(
    "permits.batch_received.v1",
    BatchFact,
    Text(zh="已收到批量数据", en="A file of many rows was received"),
)
