"""The adapter over HTTP/1.1 connections: what it writes, which answers it refuses, how it pools."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import uvloop
from starlette.types import Receive, Scope, Send

from gateway.upstream import (
    Body,
    BrokenAnswerError,
    HttpUpstream,
    Request,
    UpstreamLimits,
    UpstreamResponse,
    request_head,
)
from services.kit.problems import BadGateway
from tests.gateway.rig import HOST, PATIENCE, answer, closed, listening, rigged, until

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def pieces(*each: bytes) -> AsyncIterator[bytes]:
    for piece in each:
        yield piece


async def body_of(response: UpstreamResponse) -> bytes:
    received = await response.read()
    while not response.finished:
        received += await response.read()
    response.close()
    return received


@pytest.mark.parametrize(
    ("method", "body", "framing"),
    [
        ("GET", None, b""),
        ("DELETE", None, b""),
        ("POST", None, b"content-length: 0\r\n"),
        ("POST", b"", b"content-length: 0\r\n"),
        ("PUT", b"four", b"content-length: 4\r\n"),
    ],
)
def test_a_request_states_its_framing_and_nothing_that_nobody_asked_for(
    method: str, body: Body, framing: bytes
) -> None:
    head, chunked = request_head(Request(method, b"/a", b"b", [("x-a", "中")], body), b"permits:80")
    assert head == b"%s /a?b HTTP/1.1\r\nhost: permits:80\r\nx-a: \xe4\xb8\xad\r\n%s\r\n" % (
        method.encode(),
        framing,
    )
    assert not chunked


@pytest.mark.parametrize("value", ["a\r\nX-Other: b", "a\n", "a\r", "a\0"])
def test_a_value_cannot_begin_another_field(value: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        request_head(Request("GET", b"/", b"", [("x-a", value)], None), b"permits:80")


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok",
        b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
        b"HTTP/1.1 200 OK\r\nX : y\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nX: y\r\n folded\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 10_000 + b"Content-Length: 2\r\n\r\nok",
    ],
    ids=["gzip", "identity", "two framings", "signed length", "bare LF", "space", "folded", "large head"],
)
async def test_an_answer_that_two_could_read_in_two_ways_is_refused(raw: bytes) -> None:
    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        await reader.read()

    async with listening(connection) as port:
        upstream = HttpUpstream("permits", f"http://127.0.0.1:{port}")
        with pytest.raises(BadGateway):
            await upstream.send(Request("GET", b"/x", b"", [], None))
        assert not upstream.connections_in_use
        await upstream.close()


def always(raw: bytes, connections: list[int]) -> Callable[..., Awaitable[None]]:
    """Answers `raw` to every request; counts its connections."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(0)
        while await reader.readuntil(b"\r\n\r\n"):
            connections[-1] += 1
            writer.write(raw)

    return connection


@pytest.mark.parametrize(
    ("raw", "method", "kept"),
    [
        (OK, "GET", True),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK, "GET", True),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Trailer: t\r\n\r\n",
            "GET",
            True,
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD", True),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "GET", True),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", "GET", False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "GET", False),
        (OK + b"surplus", "GET", False),
        (OK + OK, "GET", False),
    ],
    ids=["plain", "hints", "trailer", "head", "304", "close", "1.0", "surplus", "two answers"],
)
async def test_a_connection_is_used_again_only_after_a_whole_exchange(
    raw: bytes, method: str, *, kept: bool
) -> None:
    connections: list[int] = []
    async with listening(always(raw, connections)) as port:
        upstream = HttpUpstream("permits", f"http://127.0.0.1:{port}")
        for _ in range(3):
            response = await upstream.send(Request(method, b"/x", b"", [], None))
            assert await body_of(response) in (b"ok", b"")
            assert not any(name.lower() in (b"x-trailer", b"link") for name, _ in response.headers)
            await asyncio.sleep(0.01)
        await upstream.close()
    assert connections == ([3] if kept else [1, 1, 1])


async def test_a_connection_that_idled_too_long_is_not_used_again() -> None:
    connections: list[int] = []
    limits = UpstreamLimits(keep_alive=0.0)
    async with listening(always(OK, connections)) as port:
        upstream = HttpUpstream("permits", f"http://127.0.0.1:{port}", limits=limits)
        for _ in range(2):
            await body_of(await upstream.send(Request("GET", b"/x", b"", [], None)))
            await asyncio.sleep(0.01)
        await upstream.close()
    assert connections == [1, 1]


async def test_no_more_connections_are_opened_than_the_pool_has_slots() -> None:
    connections: list[int] = []
    async with listening(always(OK, connections)) as port:
        upstream = HttpUpstream("permits", f"http://127.0.0.1:{port}", limits=UpstreamLimits(pool_size=2))

        async def once() -> bytes:
            return await body_of(await upstream.send(Request("GET", b"/x", b"", [], None)))

        assert await asyncio.gather(*(once() for _ in range(20))) == [b"ok"] * 20
        await upstream.close()
    assert (len(connections), sum(connections)) == (2, 20)


async def test_a_slot_given_up_while_waiting_for_it_is_not_lost() -> None:
    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    async with listening(silent) as port:
        upstream = HttpUpstream("permits", f"http://127.0.0.1:{port}", limits=UpstreamLimits(pool_size=1))
        sends = [asyncio.create_task(upstream.send(Request("GET", b"/x", b"", [], None))) for _ in range(10)]
        await until(lambda: upstream.connections_in_use)
        for task in sends[::-1]:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert not upstream.connections_in_use
        assert upstream._slots.take()
        await upstream.close()


async def test_what_came_before_the_break_is_read_before_it_is_told() -> None:
    async def half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")

    async with listening(half) as port:
        upstream = HttpUpstream("permits", f"http://127.0.0.1:{port}")
        response = await upstream.send(Request("GET", b"/x", b"", [], None))
        await asyncio.sleep(0.05)
        assert await response.read() == b"hello"
        with pytest.raises(BrokenAnswerError):
            await response.read()
        response.close()
        response.close()
        assert not upstream.connections_in_use
        await upstream.close()


async def _on_the_production_loop() -> None:
    """A stream up, a stream down, a client that leaves, a second request on the same connection."""

    async def echo(_: Scope, receive: Receive, send: Send) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body, more = body + message.get("body", b""), message.get("more_body", False)
        await answer(send, body or b"ok")

    async def hang(_: Scope, receive: Receive, __: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async with rigged(max_body_bytes=1 << 24) as rig:
        rig.service.behave = echo
        response = await rig.upstream.send(
            Request("POST", b"/x", b"", [], pieces(b"a" * 70_000, b"b" * 3_000_000))
        )
        assert len(await body_of(response)) == 3_070_000
        received = await rig.raw(b"GET /v1/permits/x HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
        assert received.endswith(b"ok")
        assert len({seen.client for seen in rig.service.seen}) == 1
        rig.service.behave = hang
        _, writer = await asyncio.open_connection("127.0.0.1", rig.port)
        writer.write(b"GET /v1/permits/x HTTP/1.1\r\n" + HOST + b"\r\n")
        await until(lambda: len(rig.service.seen) == 3)
        await closed(writer)
        await asyncio.wait_for(rig.service.seen[2].disconnected.wait(), PATIENCE)
        await rig.idle()


async def test_it_works_on_uvloop_as_it_does_on_asyncio() -> None:
    await asyncio.to_thread(uvloop.run, _on_the_production_loop())
