"""Raw bytes that two servers could read in two ways (payload families of the HTTP Garden and RFC 9112 11.2)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest

from tests.gateway.front import PUBLIC, fronted
from tests.gateway.rig import HOST, PATIENCE, Rig, closed, rigged

HIDDEN = b"GET /v1/permits/hidden HTTP/1.1\r\nHost: steppe.example\r\n\r\n"
CHUNKS = b"5\r\nhello\r\n0\r\n\r\n"
POST = b"POST /v1/permits/x HTTP/1.1\r\n" + HOST
GET = b"GET /v1/permits/x HTTP/1.1\r\n" + HOST

REFUSED = {
    "length and chunks": POST + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks and length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n" + HIDDEN,
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "one length twice": POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "list of lengths": POST + b"Content-Length: 5, 5\r\n\r\nhello",
    "signed length": POST + b"Content-Length: +5\r\n\r\nhello",
    "hexadecimal length": POST + b"Content-Length: 0x5\r\n\r\nhello",
    "negative length": POST + b"Content-Length: -1\r\n\r\n" + HIDDEN,
    "huge length": POST + b"Content-Length: 99999999999999999999999\r\n\r\n",
    "xchunked": POST + b"Transfer-Encoding: xchunked\r\n\r\n" + CHUNKS + HIDDEN,
    "chunked and identity": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n" + CHUNKS,
    "gzip and chunked": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + CHUNKS,
    "chunked twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    "space before the colon": POST + b"Transfer-Encoding : chunked\r\n\r\n" + CHUNKS,
    "vertical tab in the coding": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n" + CHUNKS,
    "chunks in HTTP/1.0": POST.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS,
    "chunk size 0x": POST + b"Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
    "chunk size overflow": POST
    + b"Transfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n",
    "chunk ends in LF": POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\n0\r\n\r\n" + HIDDEN,
    "chunk extension ends in LF": POST
    + b"Transfer-Encoding: chunked\r\n\r\n5;a\nhello\r\n0\r\n\r\n"
    + HIDDEN,
    "length in the trailer": POST
    + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nContent-Length: 3\r\n\r\n",
    "bare LF": GET.replace(b"\r\n", b"\n") + b"\n",
    "bare LF in a field": GET + b"X-A: b\nX-Steppe-Subject: root\r\n\r\n",
    "bare CR in a field": GET + b"X-A: b\rX-Steppe-Subject: root\r\n\r\n",
    "obs-fold": GET + b"X-A: b\r\n c\r\n\r\n",
    "NUL in a field": GET + b"X-A: b\x00c\r\n\r\n",
    "control character in a field": GET + b"X-A: b\x01c\r\n\r\n",
    "field name with a space": GET + b"X A: b\r\n\r\n",
    "field without a name": GET + b": b\r\n\r\n",
    "field that is not UTF-8": GET + b"X-A: \xff\r\n\r\n",
    "64 KiB field": GET + b"X-A: " + b"a" * 65536 + b"\r\n\r\n",
    "64 KiB of fields": GET + (b"X-A: " + b"a" * 1000 + b"\r\n") * 65 + b"\r\n",
    "64 KiB of a path": GET.replace(b"/x", b"/" + b"x" * 65536) + b"\r\n",
    "64 KiB of a query": GET.replace(b"/x", b"/x?a=" + b"a" * 65536) + b"\r\n",
    "10 KiB of a path": GET.replace(b"/x", b"/" + b"x" * 10240) + b"\r\n",
    "64 KiB of a method": b"G" * 65536 + b" /v1/permits/x HTTP/1.1\r\n" + HOST + b"\r\n",
    "a thousand fields": GET + b"X-A: a\r\n" * 1000 + b"\r\n",
    "no host": b"GET /v1/permits/x HTTP/1.1\r\n\r\n",
    "two hosts": GET + b"Host: other.example\r\n\r\n",
    "host with a path": b"GET /v1/permits/x HTTP/1.1\r\nHost: a/b\r\n\r\n",
    "empty segment": GET.replace(b"/v1/permits/x", b"/v1/permits//x") + b"\r\n",
    "leading empty segment": GET.replace(b"/v1/permits/x", b"//v1/permits/x") + b"\r\n",
    "encoded dot segments": GET.replace(b"/x", b"/%2e%2e/credit/x") + b"\r\n",
    "dot segments": GET.replace(b"/x", b"/../credit/x") + b"\r\n",
    "encoded slash": GET.replace(b"/x", b"/..%2fcredit") + b"\r\n",
    "encoded NUL": GET.replace(b"/x", b"/x%00") + b"\r\n",
    "backslash": GET.replace(b"/x", b"/..\\credit") + b"\r\n",
    "path parameter": GET.replace(b"/x", b"/..;/credit") + b"\r\n",
    "path that is not ASCII": GET.replace(b"/x", b"/\xe4\xba\x8c") + b"\r\n",
    "query that is not ASCII": GET.replace(b"/x", b"/x?a=\xe4\xba\x8c") + b"\r\n",
    "space in the target": GET.replace(b"/x", b"/x y") + b"\r\n",
    "no slash": GET.replace(b"/v1/permits/x", b"v1/permits/x") + b"\r\n",
    "HTTP/0.9": b"GET /v1/permits/x\r\n\r\n",
    "HTTP/2.0 in one line": GET.replace(b"1.1", b"2.0") + b"\r\n",
    "HTTP/2 preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "asterisk": b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
    "authority": b"CONNECT steppe.example:443 HTTP/1.1\r\n" + HOST + b"\r\n",
    "TRACE": GET.replace(b"GET", b"TRACE") + b"\r\n",
    "unknown method": GET.replace(b"GET", b"PROPFIND") + b"\r\n",
    "web socket": GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AA==\r\n\r\n",
}
READ_IN_ONE_WAY = {
    "absolute form": GET.replace(b"GET ", b"GET http://other.example") + b"\r\n",
    "absolute form that names the service": GET.replace(b"GET ", b"GET http://127.0.0.1:1") + b"\r\n",
    "tab before the coding": POST + b"Transfer-Encoding:\tchunked\r\n\r\n" + CHUNKS,
    "capital coding": POST + b"TRANSFER-ENCODING: CHUNKED\r\n\r\n" + CHUNKS,
    "chunk extension": POST + b"Transfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\n\r\n",
    "trailer": POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Steppe-Subject: root\r\n\r\n",
    "length of a GET": GET + b"Content-Length: 5\r\n\r\nhello",
    "empty lines before": b"\r\n\r\n" + GET + b"\r\n",
    "connection names the length": POST + b"Connection: content-length\r\nContent-Length: 5\r\n\r\nhello",
    "underscores": GET + b"X_Steppe_Subject: root\r\nX_Forwarded_For: root\r\n\r\n",
    "identity of the client": GET
    + b"X-Steppe-Subject: root\r\nX-Forwarded-Host: root\r\nX-Forwarded-For: root\r\nForwarded: root\r\n"
    + b"X-Real-IP: root\r\nVia: root\r\nX-Request-Id: root\r\nX-Original-URL: root\r\n\r\n",
    "connection names a field": GET + b"Connection: X-User\r\nX-User: root\r\n\r\n",
    "connection names ours": GET + b"Connection: x-forwarded-host, x-forwarded-for\r\n\r\n",
    "fragment": GET.replace(b"/x", b"/x#y") + b"\r\n",
}


@pytest.fixture(scope="module", params=["proxy", "gate and proxy"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    if request.param == "proxy":
        async with rigged() as made:
            yield made
    else:
        routes = {f"{method} /v1/permits/{{rest:path}}": PUBLIC for method in ("GET", "POST")}
        async with fronted(routes) as front:
            yield front.rig


@pytest.mark.parametrize("request_bytes", REFUSED.values(), ids=REFUSED)
async def test_ambiguous_requests_are_refused_and_closed_and_no_service_sees_one(
    rig: Rig, request_bytes: bytes
) -> None:
    rig.service.seen.clear()
    received = await rig.raw(request_bytes, patience=0.3)
    statuses = re.findall(rb"HTTP/1\.1 (\d)\d\d ", received)
    assert statuses == [b"4"]
    assert b"connection: close" in received
    assert not [seen for seen in rig.service.seen if seen.complete]
    assert b"hidden" not in b"".join(seen.target for seen in rig.service.seen)


@pytest.mark.parametrize("request_bytes", READ_IN_ONE_WAY.values(), ids=READ_IN_ONE_WAY)
async def test_unusual_requests_reach_the_service_as_one_plain_request(
    rig: Rig, request_bytes: bytes
) -> None:
    rig.service.seen.clear()
    follow_up = b"GET /v1/permits/next HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    received = await rig.raw(request_bytes + follow_up)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", received) == [b"200", b"200"]
    first, second = rig.service.seen
    assert (first.target, second.target) == (b"/v1/permits/x", b"/v1/permits/next")
    assert first.body == (b"hello" if b"hello" in request_bytes else b"")
    assert len(first.all(b"content-length") + first.all(b"transfer-encoding")) <= 1
    assert not any(value == b"root" for _, value in first.headers)
    assert first.all(b"x-forwarded-host") == [b"steppe.example"]
    assert first.all(b"connection") == []


async def test_pipelined_requests_are_answered_in_order_each_by_itself(rig: Rig) -> None:
    rig.service.seen.clear()
    requests = [
        POST.replace(b"/x", b"/%d" % number) + b"Content-Length: 5\r\n\r\n" + b"%05d" % number
        for number in range(20)
    ]
    last = GET.replace(b"/x", b"/last") + b"Connection: close\r\n\r\n"
    received = await rig.raw(b"".join(requests) + last)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", received) == [b"200"] * 21
    assert [seen.body for seen in rig.service.seen] == [*(b"%05d" % number for number in range(20)), b""]
    assert [seen.target for seen in rig.service.seen][-1] == b"/v1/permits/last"


async def test_what_follows_a_refused_request_on_its_connection_is_not_read(rig: Rig) -> None:
    rig.service.seen.clear()
    received = await rig.raw(POST.replace(b"/x", b"//x") + b"Content-Length: 5\r\n\r\nhello" + HIDDEN)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", received) == [b"400"]
    assert rig.service.seen == []


async def test_an_offer_of_h2c_is_answered_in_http_1_1_and_the_connection_goes_on(rig: Rig) -> None:
    rig.service.seen.clear()
    reader, writer = await asyncio.open_connection("127.0.0.1", rig.port)
    for fields in (b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n", b""):
        writer.write(GET + fields + b"\r\n")
        assert (await asyncio.wait_for(reader.readuntil(b"ok"), PATIENCE)).startswith(b"HTTP/1.1 200")
    await closed(writer)
    assert not {b"upgrade", b"http2-settings", b"connection"} & {
        name for name, _ in rig.service.seen[0].headers
    }
