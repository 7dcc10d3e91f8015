"""The body-size limit: 413 that the client gets to read, and a service that never sees a whole body."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
from collections.abc import AsyncIterator

import pytest

from tests.gateway.rig import HOST, PATIENCE, Rig, rigged

POST = b"POST /v1/permits/x HTTP/1.1\r\n" + HOST
LIMIT = 64 * 1024


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with rigged(max_body_bytes=LIMIT) as made:
        yield made


def chunked(body: bytes, *, size: int = 8192) -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def is_413(received: bytes) -> bool:
    head, _, body = received.partition(b"\r\n\r\n")
    return head.startswith(b"HTTP/1.1 413") and json.loads(body)["limit_bytes"] == LIMIT


async def test_a_body_of_exactly_the_limit_passes(rig: Rig) -> None:
    body = b"a" * LIMIT
    for request in (
        b"Content-Length: %d\r\n\r\n" % LIMIT + body,
        b"Transfer-Encoding: chunked\r\n\r\n" + chunked(body),
    ):
        assert (await rig.raw(POST + b"Connection: close\r\n" + request)).endswith(b"ok")
    assert [len(seen.body) for seen in rig.service.seen] == [LIMIT, LIMIT]


async def test_a_longer_one_is_413_by_its_declared_length_without_a_call_to_the_service(rig: Rig) -> None:
    assert is_413(await rig.raw(POST + b"Content-Length: %d\r\n\r\n" % (LIMIT + 1) + bytes(LIMIT + 1)))
    assert rig.service.seen == []


async def test_ten_megabytes_are_413_to_a_client_that_sends_first_and_reads_later(rig: Rig) -> None:
    def post() -> int:
        connection = http.client.HTTPConnection("127.0.0.1", rig.port, timeout=5)
        with contextlib.closing(connection):
            connection.request("POST", "/v1/permits/x", body=bytes(10 * 1024 * 1024))
            return connection.getresponse().status

    assert await asyncio.to_thread(post) == 413


async def test_a_client_that_asks_first_is_refused_before_it_sends(rig: Rig) -> None:
    request = POST + b"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n" % (LIMIT + 1)
    assert is_413(await rig.raw(request))


async def test_an_undeclared_length_is_413_while_it_streams_and_the_call_is_aborted(rig: Rig) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", rig.port)
    writer.write(POST + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(bytes(1024))[:-5])
    async with asyncio.timeout(PATIENCE):
        while not rig.service.seen:
            await asyncio.sleep(0.005)
    writer.write(chunked(bytes(LIMIT)))
    assert is_413(await asyncio.wait_for(reader.read(), PATIENCE))
    writer.close()
    await asyncio.wait_for(rig.service.seen[0].disconnected.wait(), PATIENCE)
    assert not rig.service.seen[0].complete
    await rig.idle()


async def test_a_refusal_can_be_read_by_a_client_that_sends_its_body_first(rig: Rig) -> None:
    received = await rig.raw(
        POST.replace(b"permits", b"nobody") + b"Content-Length: %d\r\n\r\n" % LIMIT + bytes(LIMIT)
    )
    assert received.startswith(b"HTTP/1.1 404")
