"""Real servers on loopback ports inside the test's event loop, and clients that speak bytes."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.proxy import Proxy
from gateway.upstream import HttpUpstream, UpstreamLimits
from infra.guarded import GuardedProtocol

Behaviour = Callable[[Scope, Receive, Send], Awaitable[None]]
Connection = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

HOST = b"Host: steppe.example\r\n"
SHORT = UpstreamLimits(connect=0.4, head=0.4, long_poll_head=1.2, read=0.4)
"""For what never comes: what does come may take longer than that on a machine that has other things to do."""
PATIENCE = 20.0
"""Seconds for what takes a moment: less than any time that the gateway gives on its own (`UpstreamLimits`)."""
PAUSES = 30


class _Server(uvicorn.Server):
    """uvicorn as it is, but without its signals and the tenths of seconds it sleeps before it ends."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.over = asyncio.Event()

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        return contextlib.nullcontext()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.over.wait()

    async def shutdown(self, sockets: Any = None) -> None:
        for server in self.servers:
            server.close()
        tasks = list(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(condition: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    """Waits for something that announces itself to nobody."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def served(app: ASGIApp, *, protocol: type[GuardedProtocol] = GuardedProtocol) -> AsyncIterator[int]:
    """The port of a uvicorn that serves `app` as `steppe serve` does."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        http=protocol,
        ws="none",
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_keep_alive=75,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.over.set()
        await running


@contextlib.asynccontextmanager
async def listening(connection: Connection) -> AsyncIterator[int]:
    """The port of a bare TCP server: an upstream that need not speak HTTP well."""

    async def handled(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.closing(writer), contextlib.suppress(ConnectionError):
            await connection(reader, writer)

    server = await asyncio.start_server(handled, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@dataclass
class Seen:
    """A request as the service saw it."""

    method: str
    target: bytes
    headers: list[tuple[bytes, bytes]]
    client: tuple[str, int]
    body: bytes = b""
    complete: bool = False
    disconnected: asyncio.Event = field(default_factory=asyncio.Event)

    def all(self, name: bytes) -> list[bytes]:
        return [value for key, value in self.headers if key == name]


class Service:
    """An upstream app that records what it sees; `behave` answers in place of the default 200 "ok"."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.behave: Behaviour | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        seen = Seen(scope["method"], scope["raw_path"] + query, list(scope["headers"]), scope["client"])
        self.seen.append(seen)

        async def noted() -> Any:
            message = await receive()
            if message["type"] == "http.disconnect":
                seen.disconnected.set()
            return message

        if self.behave is not None:
            await self.behave(scope, noted, send)
            return
        while not seen.complete:
            message = await noted()
            if message["type"] == "http.disconnect":
                return
            seen.body += message.get("body", b"")
            seen.complete = not message.get("more_body", False)
        await answer(send, b"ok")


async def answer(
    send: Send, body: bytes, *, status: int = 200, headers: list[tuple[bytes, bytes]] | None = None
) -> None:
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*(headers or []), length]})
    await send({"type": "http.response.body", "body": body})


@dataclass
class Rig:
    """A gateway in front of one service named permits."""

    port: int
    upstream: HttpUpstream
    service: Service

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1/permits"

    async def idle(self) -> None:
        """Waits until the gateway holds no connection of its pool."""
        await until(lambda: not self.upstream.connections_in_use)

    async def raw(self, request: bytes, *, patience: float = 2.0) -> bytes:
        """Everything the gateway sends until it closes the connection or is silent for `patience` seconds."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        received = b""
        try:
            writer.write(request)
            async for piece in pieces(reader, patience=patience):
                received += piece
        except ConnectionError:
            pass
        finally:
            await closed(writer)
        return received


async def pieces(reader: asyncio.StreamReader, *, patience: float) -> AsyncIterator[bytes]:
    """What comes until the connection is closed or silent for `patience` seconds.

    They are counted in short pauses: when the machine stands still the servers here do so too, and one pause is over
    instead of all.
    """
    silent = 0
    while silent < PAUSES:
        try:
            async with asyncio.timeout(patience / PAUSES):
                piece = await reader.read(65536)
        except TimeoutError:
            silent += 1
            continue
        if not piece:
            return
        silent = 0
        yield piece


@contextlib.asynccontextmanager
async def gateway(
    upstream_port: int,
    *,
    limits: UpstreamLimits | None = None,
    service: Service | None = None,
    **options: Any,
) -> AsyncIterator[Rig]:
    """A gateway in front of whatever listens on `upstream_port`; `options` go to the Proxy."""
    upstream = HttpUpstream("permits", f"http://127.0.0.1:{upstream_port}", limits=limits)
    async with served(Proxy({"permits": upstream}, **options)) as port:
        try:
            yield Rig(port, upstream, service or Service())
        finally:
            await upstream.close()


@contextlib.asynccontextmanager
async def rigged(*, limits: UpstreamLimits | None = None, **options: Any) -> AsyncIterator[Rig]:
    """Client, gateway and service, all real."""
    service = Service()
    async with served(service) as port, gateway(port, limits=limits, service=service, **options) as rig:
        yield rig


async def closed(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def request_head(reader: asyncio.StreamReader) -> bytes:
    """The head of one request, at a bare TCP upstream."""
    return await reader.readuntil(b"\r\n\r\n")
