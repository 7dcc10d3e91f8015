"""RFC 8785 bytes: the RFC's own vectors, and what is refused."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from services.kit.canonical import NotCanonical, canonical_json, document_digest, load_json

texts = st.text(st.characters(codec="utf-8"), max_size=12)
scalars = st.one_of(texts, st.booleans(), st.none(), st.integers(-(2**53) + 1, 2**53 - 1))
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


def test_the_rfcs_example_of_section_3_2_2_has_its_bytes() -> None:
    text = (
        r'{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],'
        r'"string": "\u20ac$\u000F\u000aA'
        + r"'"
        + r'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}'
    )
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    document = json.loads(text)
    assert rfc8785.dumps(document) == expected.encode()
    del document["numbers"]  # floats, which have no place here
    assert (
        canonical_json(document)
        == expected.replace('"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],', "").encode()
    )


def test_the_rfcs_example_of_section_3_2_3_is_sorted_by_utf_16() -> None:
    document = {
        "\u20ac": "Euro Sign",
        "\r": "Carriage Return",
        "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One",
        "\U0001f600": "Emoji: Grinning Face",
        "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis",
    }
    order = [
        "Carriage Return",
        "One",
        "Control",
        "Latin Small Letter O With Diaeresis",
        "Euro Sign",
        "Emoji: Grinning Face",
        "Hebrew Letter Dalet With Dagesh",
    ]
    assert list(json.loads(canonical_json(document)).values()) == order


@given(documents)
def test_the_bytes_are_those_of_the_library(document: object) -> None:
    assert canonical_json(document) == rfc8785.dumps(document)  # type: ignore[arg-type]


@given(documents)
def test_the_bytes_mean_the_document_and_have_one_form(document: object) -> None:
    written = canonical_json(document)
    assert load_json(written) == document
    assert canonical_json(load_json(written)) == written
    assert document_digest(document) == hashlib.sha256(written).hexdigest()


@given(st.dictionaries(texts, scalars, min_size=2, max_size=6))
def test_the_order_of_members_does_not_matter(document: dict[str, object]) -> None:
    turned = dict(reversed(document.items()))
    assert document_digest(turned) == document_digest(document)


@pytest.mark.parametrize(
    ("document", "pointer", "says"),
    [
        ({"rows": [{"value": 12.5}]}, "/rows/0/value", "strings"),
        ({"a/b": float("nan")}, "/a~1b", "strings"),
        (Decimal("1.5"), "", "Decimal"),
        ({"at": b"bytes"}, "/at", "bytes"),
        ([2**53], "/0", "2^53"),
        ([-(2**53)], "/0", "2^53"),
        ({1: "one"}, "", "must be a text"),
        ({"text": "\ud800"}, "/text", "surrogate"),
        ({"\udfff": 1}, "", "surrogate"),
    ],
)
def test_what_has_no_canonical_form_is_refused_by_its_place(
    document: object, pointer: str, says: str
) -> None:
    with pytest.raises(NotCanonical) as caught:
        canonical_json(document)
    assert caught.value.pointer == pointer
    assert says in caught.value.reason.en
    assert caught.value.reason.zh


def test_the_largest_integers_that_every_reader_holds_are_written() -> None:
    assert canonical_json([2**53 - 1, -(2**53) + 1]) == b"[9007199254740991,-9007199254740991]"


def test_deep_nesting_is_refused_rather_than_crashing() -> None:
    deep: object = []
    for _ in range(200_000):
        deep = [deep]
    with pytest.raises(NotCanonical, match="deeper than 100"):
        canonical_json(deep)
    shallow: object = "leaf"
    for _ in range(100):
        shallow = [shallow]
    assert canonical_json(shallow) == b"[" * 100 + b'"leaf"' + b"]" * 100


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":2}', "NaN", "-Infinity", b"\xff", "", "{", "[" * 100_000, "1" * 5000, b"\xff\xfe[\x00]\x00"],
)
def test_what_is_no_json_or_reads_two_ways_is_refused(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        load_json(text)
