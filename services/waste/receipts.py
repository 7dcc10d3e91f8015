"""The signed receipt (回执) of whatever was submitted or signed, over the wire."""

from __future__ import annotations

from typing import Protocol

from pydantic import Field

from services.kit.schemas import Schema


class ReceiptRead(Schema):
    """Check it offline with `steppe verify receipt`."""

    receipt_id: str
    document_sha256: str = Field(description="SHA-256 of the RFC 8785 canonical JSON of `document`")
    jws: str = Field(description="EdDSA JWS in compact form; keys at /v1/waste/receipt-keys")


class Receipted(Protocol):
    """A row that carries its receipt."""

    receipt_id: str
    document_sha256: str
    receipt_jws: str


def receipt_of(row: Receipted) -> ReceiptRead:
    return ReceiptRead(receipt_id=row.receipt_id, document_sha256=row.document_sha256, jws=row.receipt_jws)
