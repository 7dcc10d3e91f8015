"""One call to a service for all who wait for its answer."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field, replace

from starlette.types import ASGIApp, Message, Receive, Scope

from gateway.cache.rules import Key, asking_headers
from gateway.client import Client
from gateway.passage import Passage
from services.kit.telemetry import route_of

log = logging.getLogger(__name__)

FETCH_SECONDS = 90.0


class TooLargeError(Exception):
    """The answer does not fit; it is streamed to each who asks."""


@dataclass(slots=True)
class Outcome:
    """The service's whole answer; status 0: it broke off or never began."""

    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    complete: bool = False
    too_large: bool = False

    @property
    def failed(self) -> bool:
        return not self.too_large and (not self.complete or self.status >= 500)


class Fetch:
    """A call under way. It goes on while anybody waits, or to its end where it was begun for nobody."""

    def __init__(
        self, forward: ASGIApp, scope: Scope, passage: Passage, key: Key, *, tag: bytes | None, max_bytes: int
    ) -> None:
        self._forward, self._max_bytes = forward, max_bytes
        self._scope = _asking(scope, passage, key, tag)
        self._outcome = Outcome()
        self._size = 0
        self._pieces: list[bytes] = []
        self._waiting = 0
        self.abandoned = False
        """All who waited have left, and it is being broken off."""
        self.task = asyncio.create_task(self._run())

    async def outcome(self, receive: Receive) -> Outcome:
        """Waits with the client that `receive` is of; raises ClientGone when it leaves."""
        self._waiting += 1
        try:
            with Client(receive, length=None, chunked=False, max_bytes=0, idle_seconds=1):
                return await asyncio.shield(self.task)
        finally:
            self._waiting -= 1
            if not self._waiting and not self.task.done():
                self.abandoned = True
                self.task.cancel()

    async def _run(self) -> Outcome:
        try:
            async with asyncio.timeout(FETCH_SECONDS):
                await self._forward(self._scope, _patient(), self._take)
        except TooLargeError:
            self._outcome = Outcome(too_large=True)
        except Exception as error:
            log.warning("%s: not fetched: %r", route_of(self._scope), error)
            self._outcome.complete = False
        self._outcome.body = b"".join(self._pieces)
        return self._outcome

    async def _take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._outcome.status = message["status"]
            self._outcome.headers = [(name.lower(), value) for name, value in message.get("headers", ())]
            return
        piece: bytes = message.get("body", b"")
        self._size += len(piece)
        if self._size > self._max_bytes:
            self._pieces.clear()
            raise TooLargeError
        self._pieces.append(piece)
        self._outcome.complete = not message.get("more_body", False)


def _asking(scope: Scope, passage: Passage, key: Key, tag: bytes | None) -> Scope:
    """A GET in nobody's name: what is said of this caller's limits stays with this caller's answer."""
    headers = asking_headers(key, scope["headers"], tag=tag)
    state = {**scope["state"], "passage": replace(passage, answer_headers=[], for_cache=True)}
    return {**scope, "method": "GET", "headers": headers, "state": state}


def _patient() -> Receive:
    """A client without a body that never leaves."""
    begun = False

    async def receive() -> Message:
        nonlocal begun
        if begun:
            await asyncio.Event().wait()
        begun = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive
