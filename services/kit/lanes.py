"""Requests that make room for others: however many there are, they leave some of a process's database connections.

The gateway says which those are (`HEADER`): it knows a route's rate class, and no client can speak in its name. Each
gateway counts for itself alone, so what several of them let through meets here. A call past the gateway that says
nothing of it is as good as any.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

HEADER = "x-steppe-makes-room"
_NAME = HEADER.encode()


@dataclass(slots=True)
class _Request:
    has_place: bool = False


_making_room: ContextVar[_Request | None] = ContextVar("making_room", default=None)


class MakesRoom:
    """Marks what is done for a request that makes room. Pure ASGI."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and any(name == _NAME for name, _ in scope["headers"]):
            _making_room.set(_Request())
        await self.app(scope, receive, send)


class Places:
    """Of so many connections, those that requests which make room may hold together: a bit more than half."""

    def __init__(self, connections: int) -> None:
        self._free = asyncio.Semaphore(max(1, connections * 6 // 10))

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Waits for a place where the request makes room and has none yet: one that has one never waits for another."""
        request = _making_room.get()
        if request is None or request.has_place:
            yield
            return
        async with self._free:
            request.has_place = True
            try:
                yield
            finally:
                request.has_place = False
