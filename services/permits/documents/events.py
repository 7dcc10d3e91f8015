"""Facts about decision documents."""

import uuid

from services.kit.event_catalogue import EventType
from services.kit.schemas import Schema
from services.kit.texts import Text


class DocumentSigned(Schema):
    """Payload: what was made and signed."""

    document_id: uuid.UUID
    permit_number: str
    uscc: str
    version: int
    kind: str
    audience: str
    pdf_sha256: str
    stamp: str | None


DOCUMENT_SIGNED = EventType(
    "permits.document_signed.v1",
    DocumentSigned,
    Text(zh="许可证文件已制作并签名", en="A document of a permit was made and signed"),
)
