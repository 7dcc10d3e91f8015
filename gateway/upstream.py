"""A service behind the gateway: the port the proxy speaks to, and its adapter over a pool of HTTP/1.1 connections.

Nothing but `Host` and the framing is added to a request; nothing is decoded in an answer, followed, remembered
or retried.
"""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from gateway.connection import BrokenAnswerError, Connection
from gateway.headers import NOTHING, PassedOn
from gateway.policy.rules import RoutePolicy
from services.kit.problems import BadGateway, GatewayTimeout
from services.kit.slots import Slots

__all__ = [
    "Body",
    "BrokenAnswerError",
    "ConnectTimeout",
    "HttpUpstream",
    "NotConnected",
    "Request",
    "Upstream",
    "UpstreamLimits",
    "UpstreamResponse",
]

log = logging.getLogger(__name__)

_LONG_POLL = re.compile(rb"(?:^|&)wait=")
_WITH_CONTENT = frozenset({"POST", "PUT", "PATCH"})  # no body is stated as such (RFC 9110 8.6)

Body = bytes | AsyncIterator[bytes] | None


def is_long_poll(query: bytes) -> bool:
    """Whether the caller asks to be kept waiting (`wait=`) until there is something to say."""
    return bool(query) and _LONG_POLL.search(query) is not None


class NotConnected(BadGateway):
    """No connection could be opened: not one byte of the request has left."""


class ConnectTimeout(GatewayTimeout):
    """No connection was opened in time: not one byte of the request has left."""


class Request(NamedTuple):
    """What a service is asked.

    `route` gives the time for the head of the answer and what kind of call it is; None: as the upstream itself is set.
    """

    method: str
    raw_path: bytes
    query: bytes
    headers: Sequence[tuple[str, str]]
    """What the gateway says itself."""
    body: Body
    route: RoutePolicy | None = None
    passed_on: PassedOn = NOTHING
    """What the client said."""
    forwarded: PassedOn = NOTHING
    """What the gateway says of the client."""


class UpstreamResponse(Protocol):
    """An answer whose head has arrived."""

    @property
    def authority(self) -> bytes:
        """The `host:port` that answered, which clients must never see."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Sequence[tuple[bytes, bytes]]:
        """Names in lower case."""

    @property
    def finished(self) -> bool:
        """True once the whole body has been read."""

    def at_once(self) -> bytes | None:
        """The whole body where all of it has arrived and none was read; else None: it is read piece by piece."""

    async def read(self) -> bytes:
        """The next piece of the body as soon as there is one, b"" at its end. Raises BrokenAnswerError."""

    def close(self) -> None:
        """Gives the connection back, or closes it where the answer was not read to its end. Idempotent."""


class Upstream(Protocol):
    """One service."""

    async def send(self, request: Request) -> UpstreamResponse:
        """Raises BadGateway and GatewayTimeout. Cancelling it closes the connection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamLimits:
    """Times in seconds. A service must keep idle connections open longer than `keep_alive`."""

    pool_size: int = 256
    keep_alive: float = 60.0
    connect: float = 2.0  # including the wait for a free connection of the pool
    head: float = 30.0  # from the last piece of the request to the head of the answer
    long_poll_head: float = 60.0  # the same where the query has `wait=`
    read: float = 30.0  # between two pieces of the answer


class HttpUpstream:
    """An Upstream over a pool of its own. `base_url` is scheme, host and port only (ValueError)."""

    def __init__(self, name: str, base_url: str, *, limits: UpstreamLimits | None = None) -> None:
        url = urlsplit(base_url)
        if (
            url.scheme not in ("http", "https")
            or not url.hostname
            or base_url != f"{url.scheme}://{url.netloc}"
        ):
            raise ValueError(f"{name}: scheme, host and port only")
        self.name = name
        self.limits = limits or UpstreamLimits()
        self._host, self._port = url.hostname, url.port or (443 if url.scheme == "https" else 80)
        self._tls = ssl.create_default_context() if url.scheme == "https" else None
        self.authority = url.netloc.encode("ascii")
        self._idle: deque[Connection] = deque()
        self._busy: set[Connection] = set()
        self._slots = Slots(self.limits.pool_size)

    async def send(self, request: Request) -> UpstreamResponse:
        head, chunked = request_head(request, self.authority)
        connection = self._connection_at_once() or await self._connection()
        answer = connection.request(
            head,
            request.body,
            chunked=chunked,
            head_only=request.method == "HEAD",
            patience=self._patience(request.query, request.route),
            read_seconds=self.limits.read,
        )
        try:
            await answer.head
        except BaseException as error:
            answer.close()
            if isinstance(error, TimeoutError):
                log.warning("%s: no answer in time", self.name)
                raise GatewayTimeout from error
            if isinstance(error, OSError):
                log.warning("%s: no answer: %r", self.name, error)
                raise BadGateway from error
            raise
        return answer

    def _patience(self, query: bytes, route: RoutePolicy | None) -> float:
        """Seconds from the last piece of the request to the head of the answer."""
        usual = route.timeout_seconds if route is not None else self.limits.head
        return max(usual, self.limits.long_poll_head) if query and is_long_poll(query) else usual

    @property
    def connections_in_use(self) -> int:
        """Pool slots taken at this moment."""
        return len(self._busy)

    async def close(self) -> None:
        """Closes every connection; exchanges under way break off."""
        for connection in [*self._idle, *self._busy]:
            connection.abort()
        self._idle.clear()
        await asyncio.sleep(0)  # for the loop to close the sockets

    # The pool. A slot is taken from before a connection is opened or taken out until its exchange ends.

    def _connection_at_once(self) -> Connection | None:
        """One that is open and idle, if there is one."""
        if not self._idle or not self._slots.take():
            return None
        connection = self._take_idle()
        if connection is None:
            self._slots.release()
        else:
            self._busy.add(connection)
        return connection

    async def _connection(self) -> Connection:
        try:
            if not self._slots.take():
                async with asyncio.timeout(self.limits.connect):
                    await self._slots.wait()
            connection = self._take_idle()
            if connection is None:
                connection = await self._open_in_slot()
        except TimeoutError as error:
            log.warning("%s: no connection in time", self.name)
            raise ConnectTimeout from error
        except OSError as error:
            log.warning("%s: no connection: %r", self.name, error)
            raise NotConnected from error
        self._busy.add(connection)
        return connection

    def _take_idle(self) -> Connection | None:
        """The one used last, so that those not needed grow old; none that the service may be about to close."""
        oldest = time.monotonic() - self.limits.keep_alive
        while self._idle:
            connection = self._idle.pop()
            if connection.reusable:
                if connection.idle_since >= oldest:
                    return connection
                connection.abort()
        return None

    async def _open_in_slot(self) -> Connection:
        """Gives the slot back where it fails."""
        try:
            async with asyncio.timeout(self.limits.connect):
                _, connection = await asyncio.get_running_loop().create_connection(
                    lambda: Connection(self, unsent_seconds=self.limits.head),
                    self._host,
                    self._port,
                    ssl=self._tls,
                )
        except BaseException:
            self._slots.release()
            raise
        return connection

    def ended(self, connection: Connection) -> None:
        self._busy.discard(connection)
        self._slots.release()
        if connection.reusable:
            connection.idle_since = time.monotonic()
            self._idle.append(connection)

    def lost(self, connection: Connection) -> None:
        if connection in self._idle:
            self._idle.remove(connection)


def request_head(request: Request, authority: bytes) -> tuple[bytes, bool]:
    """The head of a request, and whether its body goes in chunks. ValueError for what would end a line early."""
    method, raw_path, query, headers, body, _, passed, forwarded = request
    target = raw_path + b"?" + query if query else raw_path
    line = f"{method} {target.decode('ascii')} HTTP/1.1\r\nhost: {authority.decode('ascii')}\r\n"
    lines = [f"{name}: {value}" for name, value in headers]
    chunked = False
    if isinstance(body, bytes):
        lines.append(f"content-length: {len(body)}")
    elif body is not None:
        chunked = not any(name.lower() == "content-length" for name, _ in headers)
        if chunked:
            lines.append("transfer-encoding: chunked")
    elif method in _WITH_CONTENT:
        lines.append("content-length: 0")
    lines.append("\r\n")
    own = "\r\n".join(lines)
    if own.count("\n") != len(lines) or own.count("\r") != len(lines) or "\0" in own:
        raise ValueError("a line break or NUL in a header field")
    return f"{line}{passed.lines}{forwarded.lines}{own}".encode(), chunked
