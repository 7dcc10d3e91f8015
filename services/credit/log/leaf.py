"""Leaves of the log: salted commitments, never the words themselves. Pure.

A leaf is the RFC 8785 form of `{"v": 1, "kind": …, "sd": {field: digest}}`, where a digest is the lower-case
hexadecimal SHA-256 of the RFC 8785 form of `[salt, field, value]`. Salts of 128 bits keep anybody from trying out
the public list of companies. A field is opened by showing its salt and value; a record is withheld (信用修复,
order 36 of 2025) by not opening it any more, and the log stays as it is.

All salts of a leaf come from one secret of 256 bits (HMAC-SHA-256 of the field's name), so that one field can be opened
without the others.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from services.kit.canonical import canonical_json, load_json

VERSION = 1
SALT_BYTES = 16
SECRET_BYTES = 32

Fields = Mapping[str, Any]
"""Texts, integers, booleans, None and lists or objects of them; decimals, dates and times as texts."""

Opening = tuple[str, str, Any]
"""Salt (base64url), field, value: what opens one commitment."""


def moment_text(moment: datetime) -> str:
    """One text for one moment: RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat()


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def salt_of(secret: bytes, name: str) -> str:
    """The field's own salt, base64url without padding (22 characters)."""
    salt = hmac.new(secret, name.encode(), hashlib.sha256).digest()[:SALT_BYTES]
    return base64.urlsafe_b64encode(salt).rstrip(b"=").decode("ascii")


def commitment(opening: Opening) -> str:
    """The digest that stands in the leaf."""
    return hashlib.sha256(canonical_json(list(opening))).hexdigest()


def openings(fields: Fields, secret: bytes, *, only: Collection[str] | None = None) -> list[Opening]:
    """What opens these fields of a leaf (all, or those named in `only`), in order of their names."""
    names = sorted(fields if only is None else only)
    return [(salt_of(secret, name), name, fields[name]) for name in names]


def make_leaf(kind: str, fields: Fields, secret: bytes) -> bytes:
    """The bytes of a leaf: the same for the same fields and secret."""
    digests = {opening[1]: commitment(opening) for opening in openings(fields, secret)}
    return canonical_json({"v": VERSION, "kind": kind, "sd": digests})


def read_leaf(leaf: bytes) -> tuple[str, dict[str, str]]:
    """The kind of a leaf and its digests by field; ValueError where the bytes are no leaf of this version."""
    document = load_json(leaf)
    if not isinstance(document, dict) or canonical_json(document) != leaf:
        raise ValueError("not canonical")
    kind, digests = document.get("kind"), document.get("sd")
    if document.get("v") != VERSION or not isinstance(kind, str) or not isinstance(digests, dict):
        raise ValueError("no leaf of this version")
    return kind, digests


def opens(leaf: bytes, opening: Opening) -> bool:
    """Whether the opening fits the commitment of its field in the leaf."""
    _, digests = read_leaf(leaf)
    salt, name, _ = opening
    return len(salt) >= 22 and digests.get(name) == commitment(opening)


def differing_fields(leaf: bytes, fields: Fields, secret: bytes) -> list[str]:
    """The fields whose commitment in the leaf is not what the rows say now; also those that only one side has."""
    _, digests = read_leaf(leaf)
    now = {opening[1]: commitment(opening) for opening in openings(fields, secret)}
    return sorted(name for name in digests.keys() | now.keys() if digests.get(name) != now.get(name))
