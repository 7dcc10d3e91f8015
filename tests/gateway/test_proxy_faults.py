"""The proxy when the service, the client or both fail: what the client learns, and that nothing is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import psutil
import pytest
from starlette.types import Receive, Scope, Send

from gateway.upstream import UpstreamLimits
from tests.gateway.rig import (
    HOST,
    PATIENCE,
    SHORT,
    Connection,
    Rig,
    answer,
    closed,
    gateway,
    listening,
    request_head,
    rigged,
    until,
)

GET = b"GET /v1/permits/x HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /v1/permits/x HTTP/1.1\r\n" + HOST


def problem(received: bytes) -> dict[str, Any]:
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    assert b"127.0.0.1" not in received
    document: dict[str, Any] = json.loads(body)
    assert document["status"] == int(head.split()[1])
    _, _, request_id = document["instance"].rpartition("urn:uuid:")
    assert f"x-request-id: {request_id}".encode() in head
    return document


def reset(writer: asyncio.StreamWriter) -> None:
    """Closes with RST."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def answering(raw: bytes, *, then: Callable[[asyncio.StreamWriter], object] | None = None) -> Connection:
    """An upstream that answers every connection's first request with `raw`, and then closes it or does `then`."""

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_head(reader)
        writer.write(raw)
        await writer.drain()
        await asyncio.sleep(0.02)
        if then is not None:
            then(writer)

    return connection


async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()  # until the gateway closes


@contextlib.asynccontextmanager
async def before(connection: Connection, **options: Any) -> AsyncIterator[Rig]:
    """A gateway in front of a bare TCP server; `limits` are for what never comes."""
    async with listening(connection) as port, gateway(port, **options) as rig:
        yield rig


async def test_a_service_that_is_not_there_is_502() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        async with gateway(bound.getsockname()[1]) as rig:
            assert problem(await rig.raw(GET))["code"] == "bad_gateway"


async def test_a_name_that_does_not_resolve_is_502() -> None:
    async with gateway(1) as rig:
        rig.upstream._host = "no-such-host.invalid"
        assert problem(await rig.raw(GET, patience=10))["code"] == "bad_gateway"


@pytest.mark.parametrize(
    "raw",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nX-Note: a\x00b\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: abc\r\n\r\n",
        b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nno framing: this may be all or half",
        b"HTTP/1.1 200 OK\r\nX-Big: " + b"a" * 100_000 + b"\r\n\r\n",
        b"",
    ],
)
async def test_an_answer_that_is_not_proper_http_is_502(raw: bytes) -> None:
    async with before(answering(raw)) as rig:
        assert problem(await rig.raw(GET))["code"] == "bad_gateway"
        await rig.idle()


async def test_a_reset_before_the_head_is_502_and_the_request_is_not_repeated() -> None:
    connections = 0

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        await request_head(reader)
        reset(writer)

    async with before(connection) as rig:
        assert problem(await rig.raw(GET))["code"] == "bad_gateway"
        assert connections == 1
        await rig.idle()


async def test_a_service_that_never_answers_is_504_and_the_connection_to_it_is_closed() -> None:
    closed_by_gateway = asyncio.Event()

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await silent(reader, writer)
        closed_by_gateway.set()

    async with before(connection, limits=SHORT) as rig:
        assert problem(await rig.raw(GET))["code"] == "gateway_timeout"
        await asyncio.wait_for(closed_by_gateway.wait(), PATIENCE)
        await rig.idle()


async def test_a_connection_that_cannot_be_had_in_time_is_504() -> None:
    limits = UpstreamLimits(pool_size=1, connect=0.1, head=1)
    async with listening(silent) as port, gateway(port, limits=limits) as rig:
        holder = asyncio.create_task(rig.raw(GET))
        await until(lambda: rig.upstream.connections_in_use)
        assert problem(await rig.raw(GET))["code"] == "gateway_timeout"
        await holder


async def test_a_long_poll_may_wait_longer() -> None:
    plain_over = asyncio.Event()

    async def slow(_: Scope, __: Receive, send: Send) -> None:
        await plain_over.wait()
        await answer(send, b"late")

    poll = b"GET /v1/permits/x?after=0&wait=20 HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
    async with rigged(limits=UpstreamLimits(head=0.4, long_poll_head=PATIENCE)) as rig:
        rig.service.behave = slow
        waiting = asyncio.create_task(rig.raw(poll, patience=PATIENCE))
        await until(lambda: rig.service.seen)
        assert problem(await rig.raw(GET.replace(b"/x", b"/x?await=1")))["code"] == "gateway_timeout"
        plain_over.set()
        assert (await waiting).endswith(b"late")


@pytest.mark.parametrize(
    ("framing", "then"),
    [
        (b"Content-Length: 100", None),
        (b"Content-Length: 100", reset),
        (b"Transfer-Encoding: chunked", None),
        (b"Transfer-Encoding: chunked", reset),
    ],
)
async def test_an_answer_that_breaks_off_is_cut_and_never_looks_whole(
    framing: bytes, then: Callable[[asyncio.StreamWriter], object] | None
) -> None:
    half = b"HTTP/1.1 200 OK\r\n" + framing + b"\r\n\r\n5\r\nhello\r\n"
    async with before(answering(half, then=then)) as rig:
        received = await rig.raw(GET, patience=1.5)
        head, _, body = received.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        assert not body.endswith(b"0\r\n\r\n")
        assert len(body) < 100
        await rig.idle()


async def test_an_answer_that_stalls_is_cut_after_the_read_time() -> None:
    half = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello"

    async def connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(half)(reader, writer)
        await silent(reader, writer)

    async with before(connection, limits=UpstreamLimits(read=0.4)) as rig:
        async with asyncio.timeout(PATIENCE):
            assert (await rig.raw(GET, patience=2 * PATIENCE)).endswith(b"hello")
        await rig.idle()


async def test_a_service_that_stops_reading_an_upload_is_504_and_the_kernel_drops_the_connection() -> None:
    over = asyncio.Event()

    async def connection(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        cast("asyncio.Transport", writer.transport).pause_reading()
        await over.wait()

    async with before(connection, limits=SHORT, max_body_bytes=64 * 1024 * 1024) as rig:
        body = bytes(32 * 1024 * 1024)
        received = await rig.raw(POST + b"Content-Length: %d\r\n\r\n" % len(body) + body, patience=4)
        assert problem(received)["code"] == "gateway_timeout"
        await rig.idle()
        await until(lambda: not sockets_to(rig))
        over.set()


def sockets_to(rig: Rig) -> list[object]:
    """This process's connections to the service, as the kernel lists them."""
    port = int(rig.upstream.authority.rpartition(b":")[2])
    mine = psutil.Process().net_connections("tcp")
    return [each for each in mine if getattr(each.raddr, "port", None) == port]


async def test_a_slow_client_does_not_use_up_the_services_time() -> None:
    limits = UpstreamLimits(head=1.5)
    async with rigged(limits=limits) as rig:
        reader, writer = await asyncio.open_connection("127.0.0.1", rig.port)
        writer.write(POST + b"Content-Length: 10\r\n\r\nfirst")
        await asyncio.sleep(limits.head + 0.2)
        writer.write(b"later")
        assert (await asyncio.wait_for(reader.readuntil(b"ok"), PATIENCE)).startswith(b"HTTP/1.1 200")
        await closed(writer)
    assert rig.service.seen[0].body == b"firstlater"


async def test_an_early_answer_reaches_a_client_that_is_still_sending() -> None:
    refusal = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno"
    async with before(answering(refusal)) as rig:
        reader, writer = await asyncio.open_connection("127.0.0.1", rig.port)
        writer.write(POST + b"Content-Length: 100000\r\n\r\nfirst")
        assert (await asyncio.wait_for(reader.readuntil(b"\r\n\r\nno"), PATIENCE)).startswith(b"HTTP/1.1 401")
        await rig.idle()
        await closed(writer)


async def test_a_client_that_stops_sending_is_408() -> None:
    async with rigged(client_idle_seconds=0.2) as rig:
        received = await rig.raw(POST + b"Content-Length: 10\r\n\r\nhal")
        assert problem(received)["code"] == "request_timeout"
        await rig.idle()


async def test_a_client_that_takes_nothing_is_cut_off() -> None:
    async def endless(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            await send({"type": "http.response.body", "body": bytes(65536), "more_body": True})
            await asyncio.sleep(0)

    async with rigged(client_idle_seconds=0.2) as rig:
        rig.service.behave = endless
        _, writer = await asyncio.open_connection("127.0.0.1", rig.port, limit=1024)
        writer.write(GET)
        await until(lambda: rig.service.seen)
        await rig.idle()
        writer.transport.abort()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_refusals_speak_the_clients_language(language: str) -> None:
    async with rigged() as rig:
        received = await rig.raw(
            b"GET /v1/permits/a;b HTTP/1.1\r\n" + HOST + b"Accept-Language: %s\r\n\r\n" % language.encode()
        )
    assert (
        problem(received)["title"]
        == {"en": "The path is not acceptable", "zh-CN": "请求路径不可接受"}[language]
    )
    assert rig.service.seen == []
