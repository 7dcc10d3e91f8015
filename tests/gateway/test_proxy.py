"""The proxy between a real client and a real service: what passes, and that it streams."""

from __future__ import annotations

import asyncio
import tracemalloc
from collections.abc import AsyncIterator

import aiohttp
import pytest
from starlette.types import Receive, Scope, Send

from gateway.proxy import Proxy
from gateway.upstream import HttpUpstream
from tests.gateway.rig import HOST, PATIENCE, Rig, answer, closed, rigged, until

MIB = 1024 * 1024


@pytest.fixture(scope="module")
async def rig() -> AsyncIterator[Rig]:
    async with rigged() as made:
        yield made


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(skip_auto_headers=("User-Agent",)) as session:
        yield session


@pytest.fixture(autouse=True)
def _forget(rig: Rig) -> None:
    rig.service.seen.clear()
    rig.service.behave = None


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (b"/v1/permits/x", "permits"),
        (b"/v1/permits/", "permits"),
        (b"/v1/waste/a/b", "waste"),
        (b"/v1/permits", None),
        (b"/v1/permitsx/a", None),
        (b"/v1/credit/a", None),
        (b"/v2/permits/a", "permits"),
        (b"/vx/permits/a", None),
        (b"/v/permits/a", None),
        (b"x/v1/permits/a", None),
        (b"//v1/permits/a", None),
        (b"/v1/%70ermits/a", None),
        (b"", None),
    ],
)
def test_a_service_is_matched_by_its_exact_segment(path: bytes, name: str | None) -> None:
    upstreams = {each: HttpUpstream(each, f"http://{each}:80") for each in ("permits", "waste")}
    assert Proxy(upstreams).match(path) is (upstreams[name] if name else None)


def test_an_upstream_is_a_scheme_a_host_and_a_port() -> None:
    with pytest.raises(ValueError, match="only"):
        HttpUpstream("permits", "http://permits:8101/base")


async def test_method_path_query_and_body_arrive_exactly_as_sent(
    rig: Rig, http: aiohttp.ClientSession
) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        body = None if method == "GET" else b'{"a": 1}'
        await rig.raw(
            b"%s /v1/permits/a%%20b/%%E4%%BA%%8C~'(),:@?x=%%41&&y=+&x HTTP/1.1\r\n%sConnection: close\r\n"
            % (method.encode(), HOST)
            + (b"Content-Length: %d\r\n\r\n%s" % (len(body), body) if body else b"\r\n")
        )
        seen = rig.service.seen[-1]
        assert (seen.method, seen.target) == (method, b"/v1/permits/a%20b/%E4%BA%8C~'(),:@?x=%41&&y=+&x")
        assert seen.body == (body or b"")


async def test_the_service_sees_no_field_that_nobody_sent(rig: Rig) -> None:
    await rig.raw(b"GET /v1/permits/x HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
    names = {name for name, _ in rig.service.seen[0].headers}
    forwarded = {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host"}
    assert names == {b"host", b"x-request-id", b"traceparent", b"via"} | forwarded


async def test_forged_fields_do_not_reach_the_service(rig: Rig) -> None:
    await rig.raw(
        b"GET /v1/permits/x HTTP/1.1\r\n" + HOST + b"X-Forwarded-For: 10.0.0.1\r\nForwarded: for=10.0.0.1\r\n"
        b"X-User: root\r\nX_Steppe_Subject: root\r\nX-Steppe-Subject: root\r\nX-Request-Id: forged\r\n"
        b"Connection: close, X-User\r\n\r\n"
    )
    seen = rig.service.seen[0]
    assert seen.all(b"x-forwarded-for") == [b"127.0.0.1"]
    assert seen.all(b"x-forwarded-host") == [b"steppe.example"]
    assert not any(b"root" in value or b"10.0.0.1" in value for _, value in seen.headers)
    assert seen.all(b"x-request-id") != [b"forged"]


async def test_the_answer_comes_back_with_its_fields_and_the_request_id(
    rig: Rig, http: aiohttp.ClientSession
) -> None:
    async def behave(_: Scope, __: Receive, send: Send) -> None:
        cookies = [
            (b"set-cookie", b"a=1"),
            (b"set-cookie", b"b=2"),
            (b"server", b"inner"),
            (b"keep-alive", b"5"),
        ]
        await answer(
            send, b"\x1f\x8bnot gzip", status=201, headers=[*cookies, (b"content-encoding", b"gzip")]
        )

    rig.service.behave = behave
    async with http.get(f"{rig.url}/x", auto_decompress=False) as response:
        assert (response.status, await response.read()) == (201, b"\x1f\x8bnot gzip")
        assert response.headers.getall("Set-Cookie") == ["a=1", "b=2"]
        assert "Server" not in response.headers
        assert "Keep-Alive" not in response.headers
        assert response.headers["X-Request-Id"].encode() == rig.service.seen[0].all(b"x-request-id")[0]
        assert len(response.headers.getall("Date")) == 1


async def test_redirects_are_handed_on_without_the_services_address(
    rig: Rig, http: aiohttp.ClientSession
) -> None:
    async def behave(scope: Scope, _: Receive, send: Send) -> None:
        host = dict(scope["headers"])[b"host"]
        await answer(send, b"", status=307, headers=[(b"location", b"http://" + host + b"/v1/permits/y/")])

    rig.service.behave = behave
    async with http.get(f"{rig.url}/y", allow_redirects=False) as response:
        assert (response.status, response.headers["Location"]) == (307, "/v1/permits/y/")


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
async def test_answers_without_a_body_have_none_and_the_connection_goes_on(
    rig: Rig, method: str, status: int
) -> None:
    async def behave(_: Scope, __: Receive, send: Send) -> None:
        length = [(b"content-length", b"5")] if method == "HEAD" else []
        await send({"type": "http.response.start", "status": status, "headers": length})
        await send({"type": "http.response.body", "body": b"hello" if method == "HEAD" else b""})

    rig.service.behave = behave
    request = b"%s /v1/permits/x HTTP/1.1\r\n%s" % (method.encode(), HOST)
    received = await rig.raw(request + b"\r\n" + request + b"Connection: close\r\n\r\n")
    assert received.count(b"HTTP/1.1 %d" % status) == 2
    assert received.endswith(b"\r\n\r\n")
    assert b"hello" not in received
    assert len(rig.service.seen) == 2


async def test_a_get_without_a_body_is_not_given_one(rig: Rig, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{rig.url}/x") as response:
        assert response.status == 200
    seen = rig.service.seen[0]
    assert seen.all(b"transfer-encoding") == seen.all(b"content-length") == []


async def test_requests_in_a_row_share_one_connection_to_the_service(
    rig: Rig, http: aiohttp.ClientSession
) -> None:
    for _ in range(20):
        async with http.get(f"{rig.url}/x") as response:
            assert await response.read() == b"ok"
    assert len({seen.client for seen in rig.service.seen}) == 1


async def test_expect_continue_is_answered_by_the_gateway(rig: Rig) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", rig.port)
    writer.write(
        b"POST /v1/permits/x HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    )
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(b"hi")
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
    await closed(writer)
    assert rig.service.seen[0].body == b"hi"
    assert rig.service.seen[0].all(b"expect") == []


async def test_an_answer_streams_chunk_by_chunk(rig: Rig, http: aiohttp.ClientSession) -> None:
    taken = asyncio.Semaphore(1)

    async def behave(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for number in range(100):  # the next chunk leaves when the client has the one before
            await asyncio.wait_for(taken.acquire(), PATIENCE)
            await send({"type": "http.response.body", "body": b"%03d" % number, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    rig.service.behave = behave
    async with http.get(f"{rig.url}/x") as response:
        for number in range(100):
            assert await response.content.readexactly(3) == b"%03d" % number
            taken.release()
        assert await response.content.read() == b""


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_streams_chunk_by_chunk(
    rig: Rig, http: aiohttp.ClientSession, *, declared: bool
) -> None:
    arrived = asyncio.Semaphore(1)

    async def behave(_: Scope, receive: Receive, send: Send) -> None:
        body = b""
        while message := await receive():
            body += message["body"]
            if message["body"]:
                arrived.release()
            if not message["more_body"]:
                break
        await answer(send, body)

    async def pieces() -> AsyncIterator[bytes]:
        for number in range(100):  # the next chunk leaves when the service has the one before
            await asyncio.wait_for(arrived.acquire(), PATIENCE)
            yield b"%03d" % number

    rig.service.behave = behave
    headers = {"Content-Length": "300"} if declared else {}
    async with http.post(f"{rig.url}/x", data=pieces(), headers=headers) as response:
        assert await response.read() == b"".join(b"%03d" % number for number in range(100))
    framing = rig.service.seen[0].all(b"content-length"), rig.service.seen[0].all(b"transfer-encoding")
    assert framing == (([b"300"], []) if declared else ([], [b"chunked"]))


async def test_64_mib_pass_in_either_direction_in_a_few_mib_of_memory() -> None:
    piece = bytes(64 * 1024)

    async def behave(_: Scope, receive: Receive, send: Send) -> None:
        size, more = 0, True
        while more:
            message = await receive()
            size, more = size + len(message["body"]), message["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": [(b"x-size", b"%d" % size)]})
        for _number in range(1024):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(1024):
            yield piece

    async with rigged(max_body_bytes=64 * MIB) as rig, aiohttp.ClientSession() as http:
        rig.service.behave = behave
        tracemalloc.start()
        try:
            async with http.post(f"{rig.url}/x", data=pieces()) as response:
                size = sum([len(got) async for got in response.content.iter_any()])
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert (int(response.headers["X-Size"]), size) == (64 * MIB, 64 * MIB)
        assert peak < 8 * MIB


async def test_a_client_that_takes_nothing_holds_the_service_back(rig: Rig) -> None:
    sent = 0

    async def behave(_: Scope, __: Receive, send: Send) -> None:
        nonlocal sent
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while sent < 256 * MIB:
            await send({"type": "http.response.body", "body": bytes(MIB), "more_body": True})
            sent += MIB

    rig.service.behave = behave
    _, writer = await asyncio.open_connection("127.0.0.1", rig.port, limit=1024)
    writer.write(b"GET /v1/permits/x HTTP/1.1\r\n" + HOST + b"\r\n")
    await until(lambda: sent)
    before = -1
    while sent != before:
        before = sent
        await asyncio.sleep(0.1)
    assert sent < 64 * MIB
    writer.transport.abort()
    await rig.idle()
