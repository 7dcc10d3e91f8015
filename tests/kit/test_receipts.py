"""Receipts: what they prove, and every way in which they must not."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.kit.canonical import NotCanonical
from services.kit.identifiers.make import make_uscc
from services.kit.receipts import (
    TYPE,
    IssuedReceipt,
    ReceiptInvalid,
    canonical_json,
    check_receipt,
    document_digest,
    issue_receipt,
)
from services.kit.signing import KeyRing, verify_jws

RING = KeyRing.from_private_jwks(KeyRing.generate())
PUBLIC = RING.public_jwks()
AT = datetime(2026, 11, 23, 9, 30, 15, 123456, tzinfo=timezone(timedelta(hours=8)))
DOCUMENT = {
    "period": "2026-Q3",
    "rows": [
        {"outlet": "DA001", "pollutant": "SO2", "mass_kg": "12.50", "hours": 8},
        {"outlet": "DW001", "pollutant": "COD", "mass_kg": None, "final": True},
    ],
}


def _issue(document: object = DOCUMENT, ring: KeyRing = RING) -> IssuedReceipt:
    return issue_receipt(
        ring,
        issuer="某市生态环境局",
        kind="permits.execution_report",
        subject="/v1/permits/reports/0199",
        document=document,
        submitted_by="0199-account",
        on_behalf_of=make_uscc(region="152501", serial=1),
        received_at=AT,
    )


ISSUED = _issue()


def _leaves(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(document, dict):
        return [leaf for key, value in document.items() for leaf in _leaves(value, (*path, key))]
    if isinstance(document, list):
        return [leaf for at, value in enumerate(document) for leaf in _leaves(value, (*path, at))]
    return [path]


def _code_of(jws: str, document: object | None = None) -> str:
    with pytest.raises(ReceiptInvalid) as caught:
        check_receipt(jws, PUBLIC, document=document)
    assert caught.value.reason.zh
    assert caught.value.reason.en
    return caught.value.code


def test_a_receipt_proves_document_sender_and_time() -> None:
    receipt = check_receipt(ISSUED.jws, PUBLIC, document=DOCUMENT)
    assert receipt == ISSUED.receipt
    assert receipt.received_at == AT
    assert receipt.document_sha256 == document_digest(DOCUMENT)
    assert receipt.on_behalf_of == make_uscc(region="152501", serial=1)


def test_the_payload_is_canonical_json_with_the_offset_kept() -> None:
    payload = verify_jws(ISSUED.jws, PUBLIC, typ=TYPE)
    assert canonical_json(json.loads(payload)) == payload
    assert json.loads(payload) == ISSUED.receipt.payload()
    assert json.loads(payload)["received_at"] == "2026-11-23T09:30:15.123456+08:00"


def test_every_receipt_has_its_own_time_ordered_identity() -> None:
    ids = [uuid.UUID(_issue().receipt.receipt_id) for _ in range(20)]
    assert ids == sorted(set(ids))
    assert {one.version for one in ids} == {7}


def test_the_same_document_written_otherwise_is_the_same_document() -> None:
    turned = json.loads(json.dumps(dict(reversed(DOCUMENT.items())), indent=3))
    assert check_receipt(ISSUED.jws, PUBLIC, document=turned) == ISSUED.receipt


@given(
    st.sampled_from(_leaves(DOCUMENT)),
    st.one_of(st.text(st.characters(codec="utf-8")), st.none(), st.booleans(), st.integers(0, 99)),
)
def test_a_change_of_any_member_of_the_document_is_detected(path: tuple[Any, ...], value: object) -> None:
    changed = json.loads(json.dumps(DOCUMENT))
    place = changed
    for step in path[:-1]:
        place = place[step]
    assume((type(place[path[-1]]), place[path[-1]]) != (type(value), value))
    place[path[-1]] = value
    assert _code_of(ISSUED.jws, changed) == "receipt_document_differs"


@given(st.sampled_from(["period", "rows"]))
def test_a_missing_or_added_member_is_detected(name: str) -> None:
    without = {key: value for key, value in DOCUMENT.items() if key != name}
    assert _code_of(ISSUED.jws, without) == "receipt_document_differs"
    assert _code_of(ISSUED.jws, DOCUMENT | {name + "x": 1}) == "receipt_document_differs"


@given(st.integers(0, len(ISSUED.jws) - 1), st.integers(1, 255))
def test_a_change_of_any_byte_of_the_receipt_is_detected(at: int, flip: int) -> None:
    data = bytearray(ISSUED.jws.encode())
    data[at] ^= flip
    assert _code_of(data.decode("latin-1")).startswith("signature_")


def test_an_access_token_never_passes_for_a_receipt() -> None:
    token = RING.sign(canonical_json(ISSUED.receipt.payload()), typ="at+jwt")
    assert _code_of(token) == "signature_type"


def test_a_receipt_of_an_unknown_issuer_is_refused() -> None:
    stranger = KeyRing.from_private_jwks(KeyRing.generate())
    assert _code_of(_issue(ring=stranger).jws) == "signature_unknown_key"


def test_the_receipt_of_a_retired_key_still_holds() -> None:
    new = KeyRing.from_private_jwks(KeyRing.generate())
    published = {"keys": new.public_jwks()["keys"] + PUBLIC["keys"]}
    assert check_receipt(ISSUED.jws, published, document=DOCUMENT) == ISSUED.receipt
    assert check_receipt(_issue(ring=new).jws, published).issuer == ISSUED.receipt.issuer


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b"\xff",
        json.dumps(ISSUED.receipt.payload()).encode(),
        canonical_json(ISSUED.receipt.payload() | {"received_at": "2026-11-23T09:30:15"}),
        canonical_json(ISSUED.receipt.payload() | {"received_at": "yesterday"}),
        canonical_json(ISSUED.receipt.payload() | {"issuer": 7}),
    ],
)
def test_a_signed_text_that_is_no_receipt_is_refused(payload: bytes) -> None:
    assert _code_of(RING.sign(payload, typ=TYPE)) == "receipt_payload"


def test_members_that_a_later_version_adds_do_not_break_the_check() -> None:
    later = RING.sign(canonical_json(ISSUED.receipt.payload() | {"zone": "152501"}), typ=TYPE)
    assert check_receipt(later, PUBLIC) == ISSUED.receipt


def test_a_document_with_a_float_gets_no_receipt_and_fits_none() -> None:
    with pytest.raises(NotCanonical) as caught:
        _issue({"mass_kg": 12.5})
    assert caught.value.pointer == "/mass_kg"
    assert _code_of(ISSUED.jws, {"mass_kg": 12.5}) == "receipt_document_form"


def test_a_time_without_offset_gets_no_receipt() -> None:
    with pytest.raises(ValueError, match="offset"):
        issue_receipt(
            RING,
            issuer="i",
            kind="k",
            subject="s",
            document={},
            submitted_by="a",
            on_behalf_of="b",
            received_at=datetime(2026, 11, 23, tzinfo=UTC).replace(tzinfo=None),
        )


def test_an_empty_document_is_checked_too() -> None:
    empty = _issue({})
    assert check_receipt(empty.jws, PUBLIC, document={}) == empty.receipt
    assert _code_of(ISSUED.jws, {}) == "receipt_document_differs"
