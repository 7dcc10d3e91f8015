"""HTTP/1.1 by hand: clients that know exactly what they sent and what they got."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from dataclasses import dataclass, field

from tests.gateway.rig import HOST


@dataclass
class Answered:
    """One answer, whole: its framing was kept to the end."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes = b""

    @property
    def last(self) -> bool:
        return self.headers.get(b"connection") == b"close"


async def read_answer(reader: asyncio.StreamReader) -> Answered:
    """Raises IncompleteReadError and ConnectionError for one that is cut."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head[:-4].split(b"\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
    answer = Answered(int(first.split()[1]), headers)
    if headers.get(b"transfer-encoding") == b"chunked":
        while size := int(await reader.readuntil(b"\r\n"), 16):
            answer.body += (await reader.readexactly(size + 2))[:-2]
        await reader.readexactly(2)
    else:
        answer.body = await reader.readexactly(int(headers.get(b"content-length", 0)))
    return answer


@dataclass
class Caller:
    """Sends one request after the other on a connection that it keeps as long as it may."""

    port: int
    authorization: bytes
    answers: list[Answered] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    refused: int = 0
    _connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def head(self, method: str, path: str, *fields: bytes) -> bytes:
        extra = b"".join(line + b"\r\n" for line in fields)
        return f"{method} {path} HTTP/1.1\r\n".encode() + HOST + self.authorization + extra + b"\r\n"

    async def get(self, path: str) -> None:
        await self.call(self.head("GET", path))

    async def post(self, path: str, body: bytes) -> None:
        """With a key of its own, and its length stated."""
        key = b"Idempotency-Key: " + str(uuid.uuid4()).encode()
        await self.call(self.head("POST", path, key, b"Content-Length: %d" % len(body)) + body)

    async def call(self, head: bytes, *pieces: bytes, pause: float = 0) -> None:
        """One request; a body goes in chunks, `pause` seconds apart."""
        try:
            reader, writer = await self._connected()
        except ConnectionRefusedError:
            self.refused += 1
            return
        try:
            writer.write(head)
            for piece in pieces:
                await asyncio.sleep(pause)
                writer.write(b"%x\r\n" % len(piece) + piece + b"\r\n")
                await writer.drain()
            if pieces:
                writer.write(b"0\r\n\r\n")
            answer = await read_answer(reader)
        except (OSError, EOFError) as error:
            self.failures.append(error)
            await self.close()
            return
        self.answers.append(answer)
        if answer.last:
            await self.close()

    @property
    def connected(self) -> bool:
        return self._connection is not None

    async def close(self) -> None:
        if self._connection is not None:
            self._connection[1].close()
            with contextlib.suppress(OSError):
                await self._connection[1].wait_closed()
            self._connection = None

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._connection is None:
            self._connection = await asyncio.open_connection("127.0.0.1", self.port)
        return self._connection
