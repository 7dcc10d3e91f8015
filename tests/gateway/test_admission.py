"""What is refused before anything is forwarded."""

from __future__ import annotations

from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import admission
from gateway.admission import (
    BadFraming,
    BadHeader,
    BadPath,
    Framing,
    check_headers,
    check_method,
    check_target,
)
from services.kit.problems import BadRequest, MethodNotAllowed

HOST = (b"host", b"steppe.example")


@pytest.mark.parametrize(
    "path",
    [
        b"/v1/permits/enterprises/91152501MA0N000000",
        b"/v1/permits/a.b/..c/...",
        b"/v1/permits/%E4%BA%8C%E8%BF%9E",
        b"/v1/permits/a%3Bb%20c",
        b"/v1/permits/reports/2025-Q1:submit",
        b"/v1/permits/100%25",
    ],
)
def test_plain_paths_pass(path: bytes) -> None:
    check_target(path, b"after=10&wait=20&name=%E4%BA%8C")


@pytest.mark.parametrize(
    "path",
    [
        b"",
        b"*",
        b"v1/permits/x",
        b"//v1/permits/x",
        b"/v1/permits//x",
        b"/v1/permits/../credit/x",
        b"/v1/permits/./x",
        b"/v1/permits/..",
        b"/v1/permits/%2e%2e/x",
        b"/v1/permits/%2E./x",
        b"/v1/permits/.%2e",
        b"/v1/permits/%252e%252e/x",
        b"/v1/permits/%25%32%65%25%32%65/x",
        b"/v1/permits/a%2fb",
        b"/v1/permits/a%2Fb",
        b"/v1/permits/a%5cb",
        b"/v1/permits/a\\b",
        b"/v1/permits/a%00",
        b"/v1/permits/a%0d%0aX:1",
        b"/v1/permits/a%7f",
        b"/v1/permits/a\x00",
        b"/v1/permits/a b",
        b"/v1/permits/a;b=c",
        b"/v1/permits/..;/credit",
        b"/v1/permits/a%",
        b"/v1/permits/a%zz",
        b"/v1/permits/\xe4\xba\x8c",
        b"/v1/permits/%c0%ae%c0%ae/x",
        b"/v1/permits/%ff",
    ],
)
def test_paths_that_could_mean_another_path_are_refused(path: bytes) -> None:
    with pytest.raises(BadPath):
        check_target(path, b"")


@pytest.mark.parametrize("query", [b"a=\xe4\xba\x8c", b"a= b", b"a=\x00", b"a#b", b"a=\r\n"])
def test_queries_that_are_not_percent_encoded_are_refused(query: bytes) -> None:
    with pytest.raises(BadPath):
        check_target(b"/v1/permits/x", query)


@given(st.one_of(st.binary(max_size=40), st.text("%2e5fFcC3./\\;a0", max_size=24).map(str.encode)))
def test_an_admitted_path_decodes_to_one_that_stays_below_its_prefix(tail: bytes) -> None:
    path = b"/v1/permits/" + tail
    try:
        check_target(path, b"")
    except BadPath:
        return
    once = unquote_to_bytes(path)
    twice = unquote_to_bytes(once)
    for decoded in (once, twice):
        assert not {b".", b".."} & set(decoded.split(b"/"))
        assert decoded.startswith(b"/v1/permits/")
        assert decoded.count(b"/") == path.count(b"/")
        assert b"\\" not in decoded


def test_a_target_over_the_limit_is_414() -> None:
    with pytest.raises(admission.UriTooLong):
        check_target(b"/v1/permits/x", b"a" * admission.MAX_TARGET_BYTES)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "get"])
def test_other_methods_are_405_and_told_which_are_allowed(method: str) -> None:
    with pytest.raises(MethodNotAllowed) as refused:
        check_method(method)
    assert "GET" in refused.value.headers["Allow"]


@pytest.mark.parametrize(
    "fields",
    [
        [(b"content-length", b"5"), (b"transfer-encoding", b"chunked")],
        [(b"content-length", b"5"), (b"content-length", b"6")],
        [(b"content-length", b"5"), (b"content-length", b"5")],
        [(b"content-length", b"5, 5")],
        [(b"content-length", b"+5")],
        [(b"content-length", b"0x5")],
        [(b"content-length", b"-1")],
        [(b"content-length", b"")],
        [(b"content-length", b"9" * 30)],
        [(b"transfer-encoding", b"xchunked")],
        [(b"transfer-encoding", b"gzip, chunked")],
        [(b"transfer-encoding", b"chunked"), (b"transfer-encoding", b"identity")],
        [(b"transfer-encoding", b"")],
    ],
)
def test_ambiguous_framing_is_refused(fields: list[tuple[bytes, bytes]]) -> None:
    with pytest.raises(BadFraming):
        check_headers([HOST, *fields], http_version="1.1")


def test_framing_is_read() -> None:
    assert check_headers([HOST], http_version="1.1") == Framing(None, chunked=False)
    assert check_headers([HOST, (b"content-length", b"07")], http_version="1.1") == Framing(7, chunked=False)
    assert check_headers([HOST, (b"transfer-encoding", b"Chunked")], http_version="1.1").chunked


def test_chunks_in_http_1_0_are_refused() -> None:
    with pytest.raises(BadFraming):
        check_headers([HOST, (b"transfer-encoding", b"chunked")], http_version="1.0")


@pytest.mark.parametrize("version", ["0.9", "1.2", "2.0"])
def test_other_versions_on_the_wire_are_refused(version: str) -> None:
    with pytest.raises(BadRequest):
        check_headers([HOST], http_version=version)


@pytest.mark.parametrize(
    "hosts",
    [[], [b"a", b"a"], [b""], [b"a b"], [b"a/b"], [b"a@b"], [b"a:b"], [b"a, b"], [b"\xe4"]],
)
def test_a_host_that_is_missing_repeated_or_malformed_is_refused(hosts: list[bytes]) -> None:
    with pytest.raises(BadHeader):
        check_headers([(b"host", host) for host in hosts], http_version="1.1")


@pytest.mark.parametrize(
    "host", [b"steppe.example", b"127.0.0.1:8000", b"[::1]:8000", b"steppe_gateway:8000"]
)
def test_hosts_in_use_pass(host: bytes) -> None:
    check_headers([(b"host", host)], http_version="1.1")


def test_java_clients_may_offer_h2c_and_web_sockets_are_refused() -> None:
    check_headers([HOST, (b"upgrade", b"h2c")], http_version="1.1")
    with pytest.raises(admission.UpgradeRefused):
        check_headers([HOST, (b"upgrade", b"websocket")], http_version="1.1")


def test_heads_over_the_limits_are_431() -> None:
    with pytest.raises(admission.HeadersTooLarge):
        check_headers([HOST, (b"x-a", b"a" * admission.MAX_HEADER_BYTES)], http_version="1.1")
    with pytest.raises(admission.HeadersTooLarge):
        check_headers([HOST, *[(b"x-a", b"")] * admission.MAX_HEADER_FIELDS], http_version="1.1")
