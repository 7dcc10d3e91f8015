"""Requests that make room for others: however many there are, they leave some of a process's database connections.

The gateway says which those are (`HEADER`): it knows a route's rate class, and no client can speak in its name. Each
gateway counts for itself alone, so what several of them let through meets here. A call past the gateway that says
nothing of it is as good as any.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from services.kit.problems import Unavailable

HEADER = "x-steppe-makes-room"
"""Of a request that makes room, and of the answer to one that found no place: it says nothing against the service."""
WAIT_SECONDS = 10.0
"""As long as for a connection of the pool, and less than any route's time: the caller is answered, by the service."""
_NAME = HEADER.encode()


@dataclass(slots=True)
class _Request:
    has_place: bool = False
    had_one: bool = False


_making_room: ContextVar[_Request | None] = ContextVar("making_room", default=None)


class MakesRoom:
    """Marks what is done for a request that makes room. Pure ASGI."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            # Also where it does not: one that came behind another on its connection begins with that one's context.
            makes_room = any(name == _NAME for name, _ in scope["headers"])
            _making_room.set(_Request() if makes_room else None)
        await self.app(scope, receive, send)


class Places:
    """Of so many connections, those that requests which make room may hold together: a bit more than half."""

    def __init__(self, connections: int, *, wait_seconds: float = WAIT_SECONDS) -> None:
        self._free = asyncio.Semaphore(max(1, connections * 6 // 10))
        self._door = asyncio.Lock()
        self._wait_seconds = wait_seconds
        self.waiting = 0
        """How many wait for a place at the moment."""

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Waits for a place where the request makes room and has none yet: one that has one never waits for another.

        Raises Unavailable where none is free in time.
        """
        request = _making_room.get()
        if request is None or request.has_place:
            yield
            return
        await self._turn(request)
        request.has_place = request.had_one = True
        try:
            yield
        finally:
            request.has_place = False
            self._free.release()

    async def _turn(self, request: _Request) -> None:
        """Newcomers wait at the door, and only the first of them among those that had a place before: the next page of
        a download is not behind all who have come since, and they are not behind all downloads."""
        self.waiting += 1
        try:
            async with asyncio.timeout(self._wait_seconds), nullcontext() if request.had_one else self._door:
                await self._free.acquire()
        except TimeoutError as error:
            raise Unavailable(headers={"Retry-After": "2", HEADER: "1"}) from error
        finally:
            self.waiting -= 1
