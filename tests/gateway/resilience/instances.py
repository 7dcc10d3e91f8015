"""A gateway in front of several real instances of one service, each of which can misbehave."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.admission import admit
from gateway.passage import Passage
from gateway.policy.rules import Audience, RateClass, RoutePolicy
from gateway.proxy import Proxy
from gateway.resilience.service import ServiceUpstream
from gateway.resilience.settings import ResilienceSettings
from gateway.upstream import HttpUpstream, UpstreamLimits
from tests.gateway.rig import HOST, Service, answer, closed, served

GET = b"GET /v1/permits/x HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /v1/permits/x HTTP/1.1\r\n" + HOST


@dataclass
class Several:
    """`services[n]` is what listens at `clients[n]`."""

    port: int
    upstream: ServiceUpstream
    clients: list[HttpUpstream]
    services: list[Service]

    async def status(self, request: bytes = GET) -> int:
        return int((await self.raw(request)).split(None, 2)[1])

    async def raw(self, request: bytes = GET) -> bytes:
        return await exchange(self.port, request)

    @contextlib.asynccontextmanager
    async def also_for(self, policy: RoutePolicy) -> AsyncIterator[int]:
        """A second port, whose requests have another route and the same service."""
        async with served(admitted(Proxy({"permits": self.upstream}), policy)) as port:
            yield port

    def asked(self) -> list[int]:
        """How many requests each instance saw."""
        return [len(service.seen) for service in self.services]


async def exchange(port: int, request: bytes) -> bytes:
    """One whole answer; the connection is closed after it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head, _, rest = request.partition(b"\r\n")
        writer.write(head + b"\r\nConnection: close\r\n" + rest)
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        await closed(writer)


def route(*, rate: RateClass = RateClass.READS, seconds: float = 30.0) -> RoutePolicy:
    return RoutePolicy(
        method="GET",
        template="/v1/permits/x",
        service="permits",
        audience=frozenset({Audience.PUBLIC}),
        scopes=frozenset(),
        rate=rate,
        max_body_bytes=1024 * 1024,
        timeout_seconds=seconds,
    )


def admitted(app: ASGIApp, policy: RoutePolicy | None) -> ASGIApp:
    """As the gate leaves a request: with its route."""

    async def with_passage(scope: Scope, receive: Receive, send: Send) -> None:
        if policy is not None and scope["type"] == "http":
            scope.setdefault("state", {})["passage"] = Passage(policy, admit(scope), None, "127.0.0.1")
        await app(scope, receive, send)

    return with_passage


@contextlib.asynccontextmanager
async def several(
    count: int = 1,
    *,
    dead: int = 0,
    policy: RoutePolicy | None = None,
    limits: UpstreamLimits | None = None,
    **settings: Any,
) -> AsyncIterator[Several]:
    """`count` instances that listen and `dead` ones, after them, that refuse connections."""
    services = [Service() for _ in range(count)]
    async with contextlib.AsyncExitStack() as running:
        ports = [await running.enter_async_context(served(service)) for service in services]
        clients = [
            HttpUpstream("permits", f"http://127.0.0.1:{port}", limits=limits)
            for port in [*ports, *[9] * dead]
        ]
        upstream = ServiceUpstream("permits", clients, ResilienceSettings(**settings))
        app = admitted(Proxy({"permits": upstream}), policy)
        port = await running.enter_async_context(served(app))
        try:
            yield Several(port, upstream, clients, services)
        finally:
            await upstream.close()


def status(code: int) -> Any:
    """A behaviour: answers with this status."""

    async def behave(_: Scope, __: Receive, send: Send) -> None:
        await answer(send, b"as told", status=code)

    return behave
