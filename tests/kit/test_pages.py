"""Cursors of keyset pages: whatever `encode` did not make is refused, and never reaches the database."""

from __future__ import annotations

import base64
import json
import uuid
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.pages import BadCursor, decode, encode
from services.kit.requests import is_storable

KINDS = (str, int, uuid.UUID, date, datetime)
STORABLE = st.text().filter(is_storable)


def cursor_of(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


@given(
    STORABLE,
    st.integers(-(2**63), 2**63 - 1),
    st.uuids(),
    st.dates(),
    st.datetimes(timezones=st.just(UTC)),
)
def test_a_cursor_is_the_key_that_it_was_made_of(
    text: str, number: int, key: uuid.UUID, day: date, moment: datetime
) -> None:
    values = [text, number, key, day, moment]
    assert decode(encode(values), KINDS) == values


@given(st.text(), st.sampled_from(KINDS))
def test_any_text_is_a_key_of_the_right_type_or_a_bad_cursor(text: str, kind: type) -> None:
    try:
        (value,) = decode(text, [kind])
    except BadCursor:
        return
    assert isinstance(value, kind)


@given(st.recursive(st.text() | st.integers() | st.none(), st.lists), st.sampled_from(KINDS))
def test_so_is_any_json(document: object, kind: type) -> None:
    try:
        (value,) = decode(cursor_of(document), [kind])
    except BadCursor:
        return
    assert isinstance(value, kind)
    assert not isinstance(value, str) or is_storable(value)


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (["\x00"], str),
        (["\ud800"], str),
        ([str(2**63)], int),
        (["1" * 900], int),
        (["1.0"], int),
        (["2026-02-30"], date),
        (["2026-01-01T00:00:00"], datetime),
        (["x"], uuid.UUID),
        ([1], int),
        ([], str),
        (["a", "b"], str),
        ({"0": "a"}, str),
        ("a", str),
        (None, str),
    ],
)
def test_what_no_key_can_be_is_a_bad_cursor(document: object, kind: type) -> None:
    with pytest.raises(BadCursor):
        decode(cursor_of(document), [kind])


@pytest.mark.parametrize(
    "cursor", ["", "=", "a", "!!!!", "é", "W10", "[]", "bnVsbA", "W1tbW1tbW1tbW1tbW1tb" * 40]
)
def test_garbage_is_a_bad_cursor(cursor: str) -> None:
    with pytest.raises(BadCursor):
        decode(cursor, [str])
