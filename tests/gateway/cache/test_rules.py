"""What may be kept and for whom: RFC 9111 as pure functions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.cache import rules
from gateway.cache.rules import Key, key_of, matches, may_be_stored, strong_tag
from gateway.cache.store import Entry, Store
from gateway.policy.rules import CacheRule

JSON = (b"content-type", b"application/json")


def key(**headers: str) -> Key | None:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return key_of("GET", b"/v1/permits/x", b"a=1", raw)


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer x"},
        {"cookie": "a=b"},
        {"range": "bytes=0-1"},
        {"content_length": "5"},
        {"transfer_encoding": "chunked"},
        {"accept": "x" * 201},
    ],
)
def test_what_may_be_for_one_caller_goes_past(headers: dict[str, str]) -> None:
    assert key(**headers) is None


def test_only_reads_are_keyed_and_head_as_get() -> None:
    assert key_of("POST", b"/", b"", []) is None
    assert key_of("HEAD", b"/", b"", []) == key_of("GET", b"/", b"", [])


def test_languages_and_encodings_are_two_each_and_the_form_asked_for_is_kept_apart() -> None:
    assert key(accept_language="en-GB, zh;q=0.5") == key(accept_language="en")
    assert key(accept_language="fr") == key() == key(accept_language="zh-TW")
    assert key(accept_encoding="br, gzip;q=0.5") == key(accept_encoding="*")
    assert key(accept_encoding="gzip;q=0") == key(accept_encoding="br") == key()
    assert len({key(), key(accept_language="en"), key(accept_encoding="gzip"), key(accept="text/csv")}) == 4


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (404, [JSON]),
        (206, [JSON]),
        (200, [(b"set-cookie", b"a=b")]),
        (200, [(b"cache-control", b"max-age=60, No-Store")]),
        (200, [(b"cache-control", b'private="x"')]),
        (200, [(b"cache-control", b"public"), (b"cache-control", b"private")]),
        (200, [(b"vary", b"*")]),
        (200, [(b"vary", b"accept-language"), (b"vary", b"User-Agent")]),
        (200, [(b"content-range", b"bytes 0-1/2")]),
    ],
)
def test_what_is_for_one_caller_or_differs_by_more_than_the_key_is_not_kept(
    status: int, headers: list[tuple[bytes, bytes]]
) -> None:
    assert not may_be_stored(status, headers)
    assert may_be_stored(
        200, [JSON, (b"vary", b"Authorization, accept-language"), (b"cache-control", b"public")]
    )


def test_a_strong_tag_of_the_service_is_kept_and_a_weak_one_replaced() -> None:
    assert strong_tag(b'"7"', b"x") == b'"7"'
    assert strong_tag(b'W/"7"', b"x") == strong_tag(None, b"x") != strong_tag(None, b"y")
    assert strong_tag(None, b"x").startswith(b'"')


def test_tags_are_compared_weakly() -> None:
    assert matches(b'"a", W/"b"', b'"b"')
    assert matches(b"*", b'"b"')
    assert not matches(b'"a"', b'"b"')
    assert not matches(b"b", b'"b"')


def test_what_clients_and_caches_are_told() -> None:
    assert rules.cache_control(CacheRule(5)) == b"public, max-age=5"
    told = b"public, max-age=5, stale-while-revalidate=6, stale-if-error=7"
    assert rules.cache_control(CacheRule(5, 6, 7)) == told


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4000)), max_size=60))
def test_the_store_never_holds_more_than_it_may_and_counts_rightly(puts: list[tuple[int, int]]) -> None:
    store, held = Store(9000), {}
    for number, length in puts:
        of_number = Key(b"/%d" % (number % 3), b"%d" % number, "en", "gzip", b"*/*")
        held[of_number] = bytes(length)
        store.put(of_number, Entry([JSON], held[of_number], b'"a"', None, 0.0))
        assert store.bytes <= store.max_bytes
    found = {each: entry for each in held if (entry := store.get(each)) is not None}
    assert len(store) == len(found)
    assert store.bytes == sum(entry.size for entry in found.values())
    assert all(held[each] == entry.body for each, entry in found.items())
    for number in range(3):
        store.drop_path(b"/%d" % number)
        assert not store.has_path(b"/%d" % number)
    assert (len(store), store.bytes) == (0, 0)
