"""64 MiB up and down through a gateway in a process of its own, whose memory is measured by the kernel."""

from __future__ import annotations

import asyncio
import hashlib
import re
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from tests.gateway.rig import HOST, closed, served

MIB = 1024 * 1024
SIZE = 64 * MIB
PIECE = bytes(range(256)) * 256  # 64 KiB
DIGEST = hashlib.sha256(PIECE * (SIZE // len(PIECE))).hexdigest()
AT_ONCE = 4
MOST_GROWTH_MIB = 16
"""For four bodies of 64 MiB under way at once; measured: 3 up, 7 down."""

UPLOAD = b"POST /v1/permits/uploads HTTP/1.1\r\n" + HOST + b"Connection: close\r\n"
DOWNLOAD = b"GET /v1/permits/downloads HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="measures by /proc of Linux"
)


class Sink:
    """A service that takes uploads, gives downloads, and echoes while it still receives."""

    def __init__(self) -> None:
        self.bodies: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "GET":
            await _give(send)
        elif scope["query_string"] == b"echo":
            await _echo(receive, send)
        else:
            digest = hashlib.sha256()
            while True:
                message = await receive()
                digest.update(message.get("body", b""))
                if not message.get("more_body"):
                    break
            self.bodies.append(digest.hexdigest())
            await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})


async def _give(send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    for _ in range(SIZE // len(PIECE)):
        await send({"type": "http.response.body", "body": PIECE, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def _echo(receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    more = True
    while more:
        message = await receive()
        more = message.get("more_body", False)
        await send({"type": "http.response.body", "body": message.get("body", b""), "more_body": more})


class Process:
    """The gateway's process."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid, self.port = pid, port

    def forget_peak(self) -> int:
        """Peak memory is counted anew; the memory now, in KiB."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5", encoding="ascii")
        return self._status("VmRSS")

    def peak(self) -> int:
        return self._status("VmHWM")

    def _status(self, name: str) -> int:
        text = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        found = re.search(rf"{name}:\s+(\d+) kB", text)
        assert found is not None
        return int(found[1])

    async def exchange(
        self, head: bytes, body: Iterator[bytes], *, wait_for: bytes = b""
    ) -> tuple[bytes, str, int]:
        """Sends while it receives: head of the answer, digest and length of its (unframed or chunked) body."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(head)
        if wait_for:
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(wait_for)
        sending = asyncio.create_task(_send(writer, body))
        answer = await reader.readuntil(b"\r\n\r\n")
        digest, length = hashlib.sha256(), 0
        async for piece in _chunks(reader) if b"chunked" in answer else _rest(reader):
            digest.update(piece)
            length += len(piece)
        await sending
        await closed(writer)
        return answer, digest.hexdigest(), length


async def _send(writer: asyncio.StreamWriter, body: Iterator[bytes]) -> None:
    for piece in body:
        writer.write(piece)
        await writer.drain()


async def _rest(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while piece := await reader.read(65536):
        yield piece


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while size := int(await reader.readline(), 16):
        yield await reader.readexactly(size)
        await reader.readexactly(2)


def by_length() -> Iterator[bytes]:
    for _ in range(SIZE // len(PIECE)):
        yield PIECE


def in_chunks() -> Iterator[bytes]:
    for piece in by_length():
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


@pytest.fixture(scope="module")
async def sink() -> AsyncIterator[tuple[Sink, int]]:
    made = Sink()
    async with served(made) as port:
        yield made, port


@pytest.fixture(scope="module")
async def process(sink: tuple[Sink, int]) -> AsyncIterator[Process]:
    command = [sys.executable, "-m", "tests.gateway.streaming_gateway", str(sink[1])]
    pipe = asyncio.subprocess.PIPE
    running = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert running.stdout is not None
    made = Process(running.pid, int(await running.stdout.readline()))
    await made.exchange(
        UPLOAD + b"Content-Length: 5\r\n\r\n", iter([b"hello"])
    )  # it has imported what it needs
    yield made
    await running.communicate(b"")


LENGTH = b"Content-Length: %d\r\n\r\n" % SIZE
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


async def grown(process: Process, *exchanges: object) -> list[tuple[bytes, str, int]]:
    """What the exchanges answer, run at once; the gateway's peak must stay near where it was."""
    before = process.forget_peak()
    answers = await asyncio.gather(*exchanges)  # type: ignore[call-overload]
    growth = (process.peak() - before) / 1024
    assert growth < MOST_GROWTH_MIB, f"grew by {growth:.0f} MiB"
    return answers


@pytest.mark.parametrize("framing", ["length", "chunks"])
async def test_uploads_of_64_mib_arrive_whole_in_constant_memory(
    process: Process, sink: tuple[Sink, int], framing: str
) -> None:
    sink[0].bodies.clear()
    head, body = (LENGTH, by_length) if framing == "length" else (CHUNKED, in_chunks)
    answers = await grown(process, *(process.exchange(UPLOAD + head, body()) for _ in range(AT_ONCE)))
    assert all(answer.startswith(b"HTTP/1.1 201") for answer, _, _ in answers)
    assert sink[0].bodies == [DIGEST] * AT_ONCE


async def test_downloads_of_64_mib_arrive_whole_in_constant_memory(process: Process) -> None:
    answers = await grown(process, *(process.exchange(DOWNLOAD, iter([])) for _ in range(AT_ONCE)))
    assert [(digest, length) for _, digest, length in answers] == [(DIGEST, SIZE)] * AT_ONCE


async def test_an_answer_streams_while_its_request_still_does(process: Process) -> None:
    head = UPLOAD.replace(b"uploads", b"uploads?echo") + CHUNKED
    answers = await grown(process, *(process.exchange(head, in_chunks()) for _ in range(2)))
    assert [(digest, length) for _, digest, length in answers] == [(DIGEST, SIZE)] * 2


async def test_a_client_that_waits_for_the_go_ahead_gets_it_and_uploads(
    process: Process, sink: tuple[Sink, int]
) -> None:
    sink[0].bodies.clear()
    head = UPLOAD + b"Expect: 100-continue\r\n" + LENGTH
    [(answer, _, _)] = await grown(process, process.exchange(head, by_length(), wait_for=b"HTTP/1.1 100"))
    assert answer.startswith(b"HTTP/1.1 201")
    assert sink[0].bodies == [DIGEST]


async def test_one_byte_more_is_413_before_the_service_hears_of_it(
    process: Process, sink: tuple[Sink, int]
) -> None:
    sink[0].bodies.clear()
    too_long = UPLOAD + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % (SIZE + 1)
    answer, _, _ = await process.exchange(too_long, iter([]))
    assert answer.startswith(b"HTTP/1.1 413")
    assert sink[0].bodies == []
