"""Facts about files."""

from __future__ import annotations

import uuid

from services.kit.event_catalogue import EventType
from services.kit.schemas import Schema
from services.kit.texts import Text


class AttachmentFact(Schema):
    """Payload of both: what is known of the file, without its content."""

    attachment_id: uuid.UUID
    uscc: str
    permit_number: str | None
    name: str
    media_type: str
    size_bytes: int
    sha256: str


ATTACHMENT_KEPT = EventType(
    "permits.attachment_kept.v1", AttachmentFact, Text(zh="附件已收到", en="A file was kept")
)
ATTACHMENT_FORGOTTEN = EventType(
    "permits.attachment_forgotten.v1",
    AttachmentFact,
    Text(zh="未使用的附件已清理", en="A file that nothing names was forgotten"),
)
