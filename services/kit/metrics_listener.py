"""`GET /metrics` at an address of its own: whoever can reach the API need not be able to reach this.

A few lines of HTTP/1.1 on asyncio: one request a connection, no body, nothing but the one page.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from services.kit.logs import log
from services.kit.metrics import MEDIA_TYPE

HEAD_SECONDS = 5.0
Page = Callable[[], Awaitable[bytes]]


@asynccontextmanager
async def serving_metrics(address: str | None, page: Page) -> AsyncIterator[int | None]:
    """Answers at `host:port` for as long as the block lasts; gives the port (0 asks for a free one), or None.

    None or "" is nowhere. An address that is taken is told in the log: the API works without being watched.
    """
    if not address:
        yield None
        return
    host, _, port = address.rpartition(":")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(await _answer(reader, page))
            await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    try:
        server = await asyncio.start_server(answer, host.strip("[]"), int(port), limit=8192)
    except OSError as error:
        log.error("metrics_address_not_usable", address=address, error=error)
        yield None
        return
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def _answer(reader: asyncio.StreamReader, page: Page) -> bytes:
    async with asyncio.timeout(HEAD_SECONDS):
        head = await reader.readuntil(b"\r\n\r\n")
    method, _, rest = head.partition(b" ")
    path = rest.partition(b" ")[0].partition(b"?")[0]
    if path != b"/metrics":
        return _response(b"404 Not Found", b"GET /metrics\n", b"text/plain")
    if method not in (b"GET", b"HEAD"):
        return _response(b"405 Method Not Allowed", b"GET /metrics\n", b"text/plain")
    return _response(b"200 OK", await page(), MEDIA_TYPE.encode(), without_body=method == b"HEAD")


def _response(status: bytes, body: bytes, media_type: bytes, *, without_body: bool = False) -> bytes:
    head = b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    return head % (status, media_type, len(body)) + (b"" if without_body else body)
