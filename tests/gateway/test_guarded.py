"""Clients that hold a connection and give nothing for it: slow heads, slow bodies, endless heads, answers not taken."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator

import pytest
from starlette.types import Receive, Scope, Send

from gateway import client
from infra.guarded import GuardedProtocol
from services.kit.requests import LARGEST_BODY_BYTES
from tests.gateway.rig import HOST, PATIENCE, Rig, Service, answer, closed, rigged, served, until

GET = b"GET /v1/permits/x HTTP/1.1\r\n" + HOST
POST = b"POST /v1/permits/x HTTP/1.1\r\n" + HOST


class Hasty(GuardedProtocol):
    head_seconds = 0.6
    first_seconds = 0.8
    head_bytes = 4096
    late_body_bytes = 1024 * 1024


class HastyWithBodies(Hasty):
    late_body_seconds = 1


class LessHasty(Hasty):
    """For heads in two pieces, between which a machine may stand still for a moment."""

    head_seconds = 2
    first_seconds = PATIENCE


@contextlib.asynccontextmanager
async def guarded(protocol: type[GuardedProtocol]) -> AsyncIterator[Rig]:
    """The service itself, without a gateway."""
    service = Service()
    async with served(service, protocol=protocol) as port:
        yield Rig(port, None, service)  # type: ignore[arg-type]


@pytest.fixture
async def hasty() -> AsyncIterator[Rig]:
    async with guarded(Hasty) as rig:
        yield rig


@pytest.fixture
async def less_hasty() -> AsyncIterator[Rig]:
    async with guarded(LessHasty) as rig:
        yield rig


def problem(received: bytes) -> str:
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    assert b"connection: close" in head
    code: str = json.loads(body)["code"]
    return code


async def drip(port: int, pieces: list[bytes], *, pause: float) -> bytes:
    """Sends the pieces one by one for as long as it may; what came back until the connection was closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def send() -> None:
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(pause)

    sending = asyncio.create_task(send())
    received = b""
    try:
        async with asyncio.timeout(PATIENCE):
            while piece := await reader.read(65536):
                received += piece
    except ConnectionError:  # what was sent meanwhile met a closed connection; what came before holds
        pass
    finally:
        sending.cancel()
        await closed(writer)
    return received


async def test_a_head_that_drips_in_is_408_however_steadily_it_drips(hasty: Rig) -> None:
    received = await drip(hasty.port, [GET, *[b"X-A: b\r\n"] * 1000], pause=0.01)
    assert received.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert problem(received) == "request_timeout"
    assert hasty.service.seen == []


async def test_empty_lines_for_ever_are_no_way_around_it(hasty: Rig) -> None:
    assert (await drip(hasty.port, [b"\r\n"] * 1000, pause=0.01)).startswith(b"HTTP/1.1 408")
    after_one = [GET + b"\r\n", *[b"\r\n"] * 1000]
    assert re.findall(rb"HTTP/1.1 (\d+)", await drip(hasty.port, after_one, pause=0.01)) == [b"200", b"408"]


async def test_a_head_without_end_is_431_and_not_collected(hasty: Rig) -> None:
    fields = [b"X-A: " + b"a" * 1000 + b"\r\n"] * 1000
    received = await drip(hasty.port, [GET, *fields], pause=0)
    assert received == b"" or problem(received) == "headers_too_large"
    line = await drip(hasty.port, [b"GET /", *[b"a" * 1000] * 1000], pause=0)
    assert line == b"" or problem(line) == "headers_too_large"
    assert hasty.service.seen == []


async def test_a_connection_that_says_nothing_is_closed(hasty: Rig) -> None:
    assert await drip(hasty.port, [], pause=0) == b""


async def test_a_head_in_two_pieces_in_good_time_is_answered_and_so_is_the_next(
    less_hasty: Rig,
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", less_hasty.port)
    for _ in range(2):
        writer.write(GET[:10])
        await asyncio.sleep(0.05)
        writer.write(GET[10:] + b"\r\n")
        assert (await asyncio.wait_for(reader.readuntil(b"ok"), PATIENCE)).startswith(b"HTTP/1.1 200")
        await asyncio.sleep(
            LessHasty.head_seconds + 0.1
        )  # between requests the keep-alive counts, not the head's deadline
    await closed(writer)


async def test_a_request_behind_one_that_takes_its_time_is_not_late(less_hasty: Rig) -> None:
    async def patient(_: Scope, __: Receive, send: Send) -> None:
        await asyncio.sleep(LessHasty.head_seconds + 0.1)
        await answer(send, b"ok")

    less_hasty.service.behave = patient
    reader, writer = await asyncio.open_connection("127.0.0.1", less_hasty.port)
    writer.write(GET + b"\r\n" + GET[:10])
    assert (await asyncio.wait_for(reader.readuntil(b"ok"), PATIENCE)).startswith(b"HTTP/1.1 200")
    writer.write(GET[10:] + b"\r\n")
    assert (await asyncio.wait_for(reader.readuntil(b"ok"), PATIENCE)).startswith(b"HTTP/1.1 200")
    await closed(writer)


async def test_what_is_not_http_is_a_problem_document(hasty: Rig) -> None:
    assert problem(await hasty.raw(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")) == "bad_request"


async def test_a_body_that_drips_in_is_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "GRACE_SECONDS", 0.2)
    async with rigged() as rig:
        head = POST + b"Content-Length: 1000\r\n\r\n"
        received = await drip(rig.port, [head, *[b"a"] * 1000], pause=0.02)
        # A client that goes on sending may see the reset before the answer.
        assert received == b"" or problem(received) == "request_timeout"
        await rig.idle()
        assert not any(seen.complete for seen in rig.service.seen)


FRAMINGS = {
    "length": (b"Content-Length: 300000\r\n\r\n", [b"a" * 10_000] * 30),
    "chunks": (
        b"Transfer-Encoding: chunked\r\n\r\n",
        [b"2710\r\n" + b"a" * 10_000 + b"\r\n"] * 30 + [b"0\r\n\r\n"],
    ),
}


async def _answers_unread(_: Scope, __: Receive, send: Send) -> None:
    await answer(send, b"ok")


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_a_body_that_goes_on_behind_its_answer_is_no_head_and_the_next_request_is_answered(
    hasty: Rig, framing: str
) -> None:
    """Nothing but the one answer may come: a client would take a second one for the answer to its next request."""
    hasty.service.behave = _answers_unread
    head, pieces = FRAMINGS[framing]
    reader, writer = await asyncio.open_connection("127.0.0.1", hasty.port)
    writer.write(POST + head)
    assert (await asyncio.wait_for(reader.readuntil(b"ok"), PATIENCE)).startswith(b"HTTP/1.1 200")
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.03)  # for longer than a head may take, and of more bytes
    writer.write(GET + b"Connection: close\r\n\r\n")
    rest = await asyncio.wait_for(reader.read(), PATIENCE)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", rest) == [b"200"]
    await closed(writer)


@pytest.mark.parametrize("framing", FRAMINGS)
async def test_a_body_without_end_behind_its_answer_is_cut_without_a_word(hasty: Rig, framing: str) -> None:
    head, pieces = FRAMINGS[framing]
    slow = [POST + head, *pieces[:10]]
    async with guarded(HastyWithBodies) as rig:
        rig.service.behave = _answers_unread
        assert re.findall(rb"HTTP/1\.1 (\d+) ", await drip(rig.port, slow, pause=0.01)) == [b"200"]
    hasty.service.behave = _answers_unread
    endless = POST.replace(b"/x", b"/y") + b"Transfer-Encoding: chunked\r\n\r\n"
    much = [endless, *[b"fa00\r\n" + b"a" * 64000 + b"\r\n"] * 200]
    assert re.findall(rb"HTTP/1\.1 (\d+) ", await drip(hasty.port, much, pause=0)) == [b"200"]


@pytest.mark.parametrize("says_close", [True, False])
async def test_a_body_as_large_as_any_may_be_is_taken_behind_its_answer(says_close: bool) -> None:
    """Else the connection is reset in the client's face, and it may never read why it was refused."""
    service = Service()
    service.behave = _answers_unread
    pieces = LARGEST_BODY_BYTES // 65536
    head = POST + b"Content-Length: %d\r\n" % LARGEST_BODY_BYTES + b"Connection: close\r\n" * says_close
    async with served(service, protocol=GuardedProtocol) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head + b"\r\n")
        await until(lambda: bool(service.seen))
        for _ in range(pieces):
            writer.write(bytes(65536))
            await writer.drain()
        assert (await asyncio.wait_for(reader.readuntil(b"ok"), PATIENCE)).startswith(b"HTTP/1.1 200")
        if says_close:
            assert await asyncio.wait_for(reader.read(), PATIENCE) == b""
        else:
            writer.write(GET + b"\r\n")
            assert (await asyncio.wait_for(reader.readuntil(b"ok"), PATIENCE)).startswith(b"HTTP/1.1 200")
        await closed(writer)


async def test_behind_the_last_answer_of_a_connection_nothing_is_begun(hasty: Rig) -> None:
    hasty.service.behave = _answers_unread
    last = POST + b"Connection: close\r\nContent-Length: 10\r\n\r\n"
    assert re.findall(
        rb"HTTP/1\.1 (\d+) ", await drip(hasty.port, [last, b"a" * 10, GET + b"\r\n"], pause=0.1)
    ) == [b"200"]
    assert len(hasty.service.seen) == 1


async def test_nonsense_in_a_body_behind_its_answer_is_not_answered(hasty: Rig) -> None:
    hasty.service.behave = _answers_unread
    pieces = [POST + b"Transfer-Encoding: chunked\r\n\r\n", b"not a size\r\n"]
    assert re.findall(rb"HTTP/1\.1 (\d+) ", await drip(hasty.port, pieces, pause=0.2)) == [b"200"]


async def test_a_client_that_never_takes_the_end_of_its_answer_is_cut_off_after_its_keep_alive() -> None:
    class Cutting(GuardedProtocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.timeout_keep_alive = 0.2  # type: ignore[assignment]
            connections.append(self)

        def timeout_keep_alive_handler(self) -> None:
            untaken.append(self.transport.get_write_buffer_size())
            super().timeout_keep_alive_handler()

    async def large(_: Scope, __: Receive, send: Send) -> None:
        await answer(send, bytes(32 * 1024 * 1024))

    connections: list[Cutting] = []
    untaken: list[int] = []
    async with served(large, protocol=Cutting) as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
        writer.write(GET + b"\r\n")
        await until(lambda: connections and connections[0].transport.is_closing())
        assert untaken
        assert min(untaken) > 0
        await until(lambda: connections[0].transport.get_write_buffer_size() == 0)
        writer.transport.abort()


@pytest.mark.parametrize("garbage", [b"\x00\x01\x02\r\n\r\n", b"GET /x HTTP/1.1\r\nX A: b\r\n\r\n"])
async def test_nonsense_behind_a_request_is_not_taken_for_its_answer(hasty: Rig, garbage: bytes) -> None:
    async def patient(_: Scope, __: Receive, send: Send) -> None:
        await asyncio.sleep(0.2)
        await answer(send, b"ok")

    hasty.service.behave = patient
    received = await hasty.raw(GET + b"\r\n" + GET + b"\r\n" + garbage + GET + b"\r\n", patience=5)
    assert re.findall(rb"HTTP/1\.1 (\d+) ", received) == [b"200", b"200", b"400"]


async def test_a_body_that_goes_wrong_behind_another_request_cuts_the_connection(hasty: Rig) -> None:
    async def patient(_: Scope, __: Receive, send: Send) -> None:
        await asyncio.sleep(0.5)
        await answer(send, b"ok")

    hasty.service.behave = patient
    request = GET + b"\r\n" + POST + b"Transfer-Encoding: chunked\r\n\r\nnot a size\r\n"
    received = await hasty.raw(request, patience=5)
    assert b"400" not in received
    assert len(hasty.service.seen) == 1
