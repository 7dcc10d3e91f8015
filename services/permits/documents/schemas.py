"""Decision documents over the wire: the PDF goes as it is, this is what is said about it."""

import uuid
from typing import Literal

from pydantic import Field

from services.kit.schemas import Moment, Schema

DocumentKind = Literal["original", "duplicate"]


class DocumentReceipt(Schema):
    """The signature of the bureau's system: a JWS over the SHA-256 of the PDF's bytes."""

    receipt_id: str
    issuer: str
    kind: str
    subject: str
    document_sha256: str
    submitted_by: str
    on_behalf_of: str
    received_at: Moment
    jws: str = Field(description="`steppe verify receipt` checks it offline")


class DocumentCheck(Schema):
    """What whoever holds a document, on paper or as a file, may ask: is it ours, and does the permit hold?"""

    document_id: uuid.UUID
    kind: DocumentKind = Field(description="正本 original or 副本 duplicate")
    permit_number: str
    enterprise_name: str
    version: int
    current_version: int = Field(description="the newest; it may take effect later")
    made_at: Moment
    pdf_sha256: str = Field(description="compare with the SHA-256 of the file at hand")
    holds: bool = Field(description="whether the permit holds today as this document has it")
    standing: str | None = Field(description="where it does not: 已届满, 历史版本, …")
    standing_detail: str | None
    receipt: DocumentReceipt
    keys: str = Field(description="path of the keys that check the receipt")
