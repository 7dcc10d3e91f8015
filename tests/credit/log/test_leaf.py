"""Leaves: salted commitments that are opened field by field."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.credit.log.leaf import (
    commitment,
    differing_fields,
    make_leaf,
    new_secret,
    openings,
    opens,
    read_leaf,
    salt_of,
)

_names = st.text("abcdefgh_", min_size=1, max_size=8)
_values = st.none() | st.text(max_size=20) | st.integers(-(2**53) + 1, 2**53 - 1)
_fields = st.dictionaries(_names, _values, min_size=1, max_size=8)
_secrets = st.binary(min_size=32, max_size=32)


@given(_fields, _secrets)
def test_a_leaf_never_holds_a_word_of_what_it_commits_to(fields: dict[str, object], secret: bytes) -> None:
    leaf = json.loads(make_leaf("violation", fields, secret))
    assert leaf.keys() == {"v", "kind", "sd"}
    assert leaf["sd"].keys() == fields.keys()
    assert all(len(digest) == 64 and int(digest, 16) >= 0 for digest in leaf["sd"].values())


def test_the_same_word_is_committed_to_differently_each_time() -> None:
    fields = {"subject": "91152501XY0000011A"}
    assert make_leaf("violation", fields, new_secret()) != make_leaf("violation", fields, new_secret())


def test_salts_have_128_bits_and_differ_by_field() -> None:
    secret = new_secret()
    salts = {salt_of(secret, name) for name in ("subject", "points", "summary")}
    assert len(salts) == 3
    assert all(len(salt) == 22 for salt in salts)


@given(_fields, _secrets)
def test_every_field_opens_with_its_own_salt(fields: dict[str, object], secret: bytes) -> None:
    leaf = make_leaf("violation", fields, secret)
    assert all(opens(leaf, opening) for opening in openings(fields, secret))


@given(_fields, _secrets, _values)
def test_no_other_value_opens_a_field(fields: dict[str, object], secret: bytes, other: object) -> None:
    leaf = make_leaf("violation", fields, secret)
    for salt, name, value in openings(fields, secret):
        if type(other) is not type(value) or other != value:
            assert not opens(leaf, (salt, name, other))


def test_a_short_salt_opens_nothing() -> None:
    opening = ("", "subject", "x")
    leaf = json.dumps({"kind": "k", "sd": {"subject": commitment(opening)}, "v": 1}, separators=(",", ":"))
    assert not opens(leaf.encode(), opening)


@given(_fields, _secrets, st.data())
def test_the_fields_that_differ_are_named(
    fields: dict[str, object], secret: bytes, data: st.DataObject
) -> None:
    leaf = make_leaf("violation", fields, secret)
    name = data.draw(st.sampled_from(sorted(fields)))
    assert differing_fields(leaf, fields, secret) == []
    assert differing_fields(leaf, {**fields, name: "edited behind its back"}, secret) == [name]
    assert differing_fields(leaf, {**fields, "added": 1}, secret) == ["added"]
    without = {key: value for key, value in fields.items() if key != name}
    assert differing_fields(leaf, without, secret) == [name]


@pytest.mark.parametrize(
    "leaf",
    [b"", b"[]", b'{"kind":"k","sd":{},"v":2}', b'{"v":1,"kind":"k","sd":{}}', b'{"kind":1,"sd":{},"v":1}'],
)
def test_what_is_no_leaf_of_this_version_is_refused(leaf: bytes) -> None:
    with pytest.raises(ValueError, match=r"canonical|leaf|Expecting"):
        read_leaf(leaf)
