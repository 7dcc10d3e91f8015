"""Receipts (回执): what was received, from whom, for whom and when, signed so that it can be checked offline.

A receipt is a JWS (EdDSA, `services.kit.jws`) whose payload is the canonical JSON (RFC 8785) of the members of
`Receipt`. It names the document by the SHA-256 of its canonical bytes (a file by that of its own), so that whoever
holds both can prove, with the published keys alone, that exactly this document was received. Its type is its own: no
access token passes for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from services.kit.canonical import NotCanonical, canonical_json, document_digest, load_json
from services.kit.ids import new_id
from services.kit.signing import KeyRing, SignatureInvalid, verify_jws
from services.kit.texts import Text

__all__ = [
    "IssuedReceipt",
    "NotCanonical",
    "Receipt",
    "ReceiptInvalid",
    "canonical_json",
    "check_receipt",
    "digest_of",
    "document_digest",
    "issue_receipt",
]

TYPE = "steppe-receipt+jws"


class ReceiptInvalid(Exception):  # noqa: N818 - reads as the sentence it is
    """The receipt does not prove what is claimed of it. `code` is stable, `reason` says why."""

    def __init__(self, code: str, reason: Text) -> None:
        super().__init__(f"{code}: {reason.en}")
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the issuer signed.

    `receipt_id` is a UUIDv7, `kind` what was submitted (`permits.execution_report`), `subject` the path of
    the stored record, `document_sha256` lower-case hexadecimal, `submitted_by` an account id, `on_behalf_of`
    the 统一社会信用代码 of the unit, `received_at` aware.
    """

    receipt_id: str
    issuer: str
    kind: str
    subject: str
    document_sha256: str
    submitted_by: str
    on_behalf_of: str
    received_at: datetime

    def payload(self) -> dict[str, str]:
        """The members as they are signed; `received_at` is RFC 3339 with its offset."""
        texts = {part.name: getattr(self, part.name) for part in fields(self)}
        return texts | {"received_at": self.received_at.isoformat()}


@dataclass(frozen=True, slots=True)
class IssuedReceipt:
    """A receipt and the text that proves it: keep and hand out `jws`."""

    jws: str
    receipt: Receipt


def issue_receipt(
    key_ring: KeyRing,
    *,
    issuer: str,
    kind: str,
    subject: str,
    document: object,
    submitted_by: str,
    on_behalf_of: str,
    received_at: datetime,
) -> IssuedReceipt:
    """Signs the receipt of `document`, a JSON document or the bytes of a file.

    NotCanonical where it holds floats, ValueError for a naive time.
    """
    if received_at.utcoffset() is None:
        raise ValueError("the time of receipt needs its offset")
    receipt = Receipt(
        receipt_id=str(new_id()),
        issuer=issuer,
        kind=kind,
        subject=subject,
        document_sha256=digest_of(document),
        submitted_by=submitted_by,
        on_behalf_of=on_behalf_of,
        received_at=received_at,
    )
    return IssuedReceipt(jws=key_ring.sign(canonical_json(receipt.payload()), typ=TYPE), receipt=receipt)


def digest_of(document: object) -> str:
    """The SHA-256 of a file's own bytes, or of the canonical bytes of a JSON document."""
    return hashlib.sha256(document).hexdigest() if isinstance(document, bytes) else document_digest(document)


def check_receipt(jws: str, public_jwks: Mapping[str, Any], *, document: object | None = None) -> Receipt:
    """The receipt that `jws` proves, and with `document`, that it is the receipt of exactly this document.

    ReceiptInvalid with the code of the SignatureInvalid, or `receipt_payload`, `receipt_document_form`,
    `receipt_document_differs`. Members that a later version may add are let pass.
    """
    try:
        payload = verify_jws(jws, public_jwks, typ=TYPE)
    except SignatureInvalid as error:
        raise ReceiptInvalid(error.code, error.reason) from error
    receipt = _read(payload)
    if document is not None:
        _compare(receipt, document)
    return receipt


def _read(payload: bytes) -> Receipt:
    try:
        members = load_json(payload)
        if canonical_json(members) != payload:
            raise ValueError("the payload is not canonical")
        texts = {part.name: members[part.name] for part in fields(Receipt)}
        if not all(isinstance(text, str) for text in texts.values()):
            raise ValueError("every member is a text")
        received_at = datetime.fromisoformat(texts.pop("received_at"))
        if received_at.utcoffset() is None:
            raise ValueError("the time has no offset")
        return Receipt(**texts, received_at=received_at)
    except (ValueError, TypeError, KeyError) as error:
        reason = Text(
            zh="签名有效，但内容不是回执", en="the signature holds, but what was signed is no receipt"
        )
        raise ReceiptInvalid("receipt_payload", reason) from error


def _compare(receipt: Receipt, document: object) -> None:
    try:
        digest = digest_of(document)
    except NotCanonical as error:
        reason = Text(
            zh=f"文件不可能是回执所指的文件：{error.pointer or '/'} {error.reason.zh}",
            en=f"the document cannot be the one received: {error.pointer or '/'} {error.reason.en}",
        )
        raise ReceiptInvalid("receipt_document_form", reason) from error
    if digest != receipt.document_sha256:
        reason = Text(
            zh="文件与回执所指的文件不同，内容已被改动或并非同一份",
            en="the document is not the one received: it was changed, or is another one",
        )
        raise ReceiptInvalid("receipt_document_differs", reason)
