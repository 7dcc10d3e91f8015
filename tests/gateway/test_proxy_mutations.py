"""Requests with a few bytes changed, over a real socket: gateway and service always agree on how many there were."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gateway.headers import HOP_BY_HOP
from tests.gateway.front import PUBLIC, fronted
from tests.gateway.rig import HOST, Rig

INNER = b"GET /v1/permits/inner HTTP/1.1\r\n" + HOST + b"\r\n"
LAST = b"GET /v1/permits/last HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
POST = b"POST /v1/permits/x HTTP/1.1\r\n" + HOST
WHOLE = [
    b"GET /v1/permits/x?a=b HTTP/1.1\r\n" + HOST + b"X-A: b\r\nConnection: keep-alive, X-A\r\n\r\n",
    POST + b"Content-Length: %d\r\n\r\n" % len(INNER) + INNER,
    POST + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(INNER), INNER),
    POST + b"Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX-Trailer: c\r\n\r\n",
]
NASTY = st.sampled_from(
    [
        *(
            b"\r",
            b"\n",
            b"\r\n",
            b"\r\n\r\n",
            b" ",
            b"\t",
            b"\x00",
            b"\x0b",
            b"\x7f",
            b"\xff",
            b":",
            b";",
            b",",
        ),
        *(b"/", b"//", b"%2f", b"%00", b"..", b"\\", b"#", b"?", b"_", b"0", b"1", b"f", b"+", b"-", b"x"),
        *(b"Content-Length: 0\r\n", b"Content-Length: 9\r\n", b"Transfer-Encoding: chunked\r\n"),
        *(b"transfer-encoding: identity\r\n", b"Transfer_Encoding: chunked\r\n", b"Expect: 100-continue\r\n"),
        *(b"X-Forwarded-For: 10.0.0.1\r\n", b"X_Forwarded_For: 10.0.0.1\r\n", b"Host: other.example\r\n"),
        *(b"0\r\n\r\n", b"Connection: close\r\n", b"Upgrade: h2c\r\n"),
    ]
)
CHANGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 2), NASTY), min_size=1, max_size=3)


def changed(request: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    """At each place (a part of the whole) so many bytes go and others come; places at line ends are as likely."""
    for place, dropped, added in changes:
        ends = [0, *(found.end() for found in re.finditer(rb"\r\n", request))]
        at = ends[int(place * 7919) % len(ends)] if added.endswith(b"\r\n") else int(place * len(request))
        request = request[:at] + added + request[at + dropped :]
    return request


@pytest.fixture(scope="module")
async def rig() -> AsyncIterator[Rig]:
    routes = {f"{method} /v1/permits/{{rest:path}}": PUBLIC for method in ("GET", "POST")}
    async with fronted(routes) as front:
        yield front.rig


@settings(max_examples=150)
@given(st.sampled_from(WHOLE), CHANGES)
@example(WHOLE[1], [(0.4, 0, b"Transfer-Encoding: chunked\r\n")])
@example(WHOLE[2], [(0.4, 0, b"Content-Length: 9\r\n")])
async def test_each_request_that_a_service_sees_is_one_that_its_client_was_answered(
    rig: Rig, request_bytes: bytes, changes: list[tuple[float, int, bytes]]
) -> None:
    rig.service.seen.clear()
    received = await rig.raw(changed(request_bytes, changes) + LAST, patience=1)
    statuses = [int(status) for status in re.findall(rb"HTTP/1\.1 (\d\d\d) ", received)]
    final = [status for status in statuses if status != 100]
    assert not [status for status in final if status >= 500]
    whole = [seen for seen in rig.service.seen if seen.complete]
    assert len(whole) == final.count(200)
    assert all(status >= 400 for status in final[final.count(200) :]), "nothing is read behind a refusal"
    for seen in whole:
        names = [name for name, _ in seen.headers]
        assert seen.all(b"x-forwarded-for") == [b"127.0.0.1"]
        assert len(seen.all(b"content-length") + seen.all(b"transfer-encoding")) <= 1
        assert seen.all(b"host") == [rig.upstream.authority]
        assert not (HOP_BY_HOP - {b"transfer-encoding"}) & set(names)
        assert not any(b"_" in name or re.search(rb"[\x00-\x1f\x7f]", value) for name, value in seen.headers)
        assert re.fullmatch(rb"/v1/permits/[!-~]*", seen.target)
