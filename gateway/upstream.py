"""A service behind the gateway: the port the proxy speaks to, and its adapter over a pooled aiohttp client.

Nothing is added to a request, decoded in an answer, followed, remembered or retried.
"""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import aiohttp
from yarl import URL

from gateway.policy.rules import RoutePolicy
from services.kit.problems import BadGateway, GatewayTimeout

log = logging.getLogger(__name__)

_LONG_POLL = re.compile(rb"(?:^|&)wait=")
# What aiohttp would add of its own accord.
_SKIPPED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
_NO_BODY = frozenset({204, 304})


def is_long_poll(query: bytes) -> bool:
    """Whether the caller asks to be kept waiting (`wait=`) until there is something to say."""
    return bool(query) and _LONG_POLL.search(query) is not None


Body = bytes | AsyncIterator[bytes] | None


class BrokenAnswerError(ConnectionError):
    """The service failed in the middle of an answer whose head is already with the client."""


class NotConnected(BadGateway):
    """No connection could be opened: not one byte of the request has left."""


class ConnectTimeout(GatewayTimeout):
    """No connection was opened in time: not one byte of the request has left."""


class UpstreamResponse(Protocol):
    """An answer whose head has arrived."""

    @property
    def authority(self) -> bytes:
        """The `host:port` that answered, which clients must never see."""

    @property
    def status(self) -> int: ...

    @property
    def headers(self) -> Sequence[tuple[bytes, bytes]]: ...

    @property
    def finished(self) -> bool:
        """True once the whole body has been read."""

    async def read(self) -> bytes:
        """The next piece of the body as soon as there is one, b"" at its end. Raises BrokenAnswerError."""

    def close(self) -> None:
        """Gives the connection back, or closes it where the answer was not read to its end. Idempotent."""


class Upstream(Protocol):
    """One service."""

    async def send(
        self,
        method: str,
        raw_path: bytes,
        query: bytes,
        *,
        headers: Sequence[tuple[str, str]],
        body: Body,
        route: RoutePolicy | None = None,
    ) -> UpstreamResponse:
        """Raises BadGateway and GatewayTimeout. Cancelling it closes the connection.

        `route` gives the time for the head of the answer and what kind of call it is; None: as the upstream
        itself is set.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamLimits:
    """Times in seconds. A service must keep idle connections open longer than `keep_alive`."""

    pool_size: int = 256
    keep_alive: float = 60.0
    connect: float = 2.0  # including the wait for a free connection of the pool
    head: float = 30.0  # from the last piece of the request to the head of the answer
    long_poll_head: float = 60.0  # the same where the query has `wait=`
    read: float = 30.0  # between two pieces of the answer


class AiohttpUpstream:
    """An Upstream over a pool of its own. `base_url` is scheme, host and port only (ValueError)."""

    def __init__(self, name: str, base_url: str, *, limits: UpstreamLimits | None = None) -> None:
        url = URL(base_url)
        if url != url.origin():
            raise ValueError(f"{name}: scheme, host and port only")
        self.name = name
        self.limits = limits or UpstreamLimits()
        self.authority = url.host_port_subcomponent.encode() if url.host_port_subcomponent else b""
        self._origin = str(url.origin()).encode()
        self._timeout = aiohttp.ClientTimeout(total=None, connect=self.limits.connect)
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self,
        method: str,
        raw_path: bytes,
        query: bytes,
        *,
        headers: Sequence[tuple[str, str]],
        body: Body,
        route: RoutePolicy | None = None,
    ) -> UpstreamResponse:
        target = self._origin + raw_path + (b"?" + query if query else b"")
        patience = self._patience(query, route)
        try:
            async with asyncio.timeout(patience) as deadline:
                response = await self._client.request(
                    method,
                    URL(target.decode("ascii"), encoded=True),
                    headers=headers,
                    data=body
                    if body is None or isinstance(body, bytes)
                    else _Upload(body, deadline, patience),
                    allow_redirects=False,
                )
        except aiohttp.ConnectionTimeoutError as error:
            log.warning("%s: no connection in time: %r", self.name, error)
            raise ConnectTimeout from error
        except TimeoutError as error:
            log.warning("%s: no answer in time: %r", self.name, error)
            raise GatewayTimeout from error
        except aiohttp.ClientConnectorError as error:
            log.warning("%s: no connection: %r", self.name, error)
            raise NotConnected from error
        except (aiohttp.ClientError, OSError) as error:
            log.warning("%s: no answer: %r", self.name, error)
            raise BadGateway from error
        if not _well_framed(response):
            log.warning("%s: status %d without a framed body", self.name, response.status)
            response.close()
            raise BadGateway
        return _Answer(response, self.authority, read_seconds=self.limits.read)

    def _patience(self, query: bytes, route: RoutePolicy | None) -> float:
        """Seconds from the last piece of the request to the head of the answer."""
        usual = route.timeout_seconds if route is not None else self.limits.head
        return max(usual, self.limits.long_poll_head) if is_long_poll(query) else usual

    @property
    def connections_in_use(self) -> int:
        """Pool slots taken at this moment."""
        connector = self._session.connector if self._session else None
        return len(connector._acquired) if connector else 0

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    @property
    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = self._open()
        return self._session

    def _open(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self.limits.pool_size,
                keepalive_timeout=self.limits.keep_alive,
                socket_factory=self._socket,
            ),
            timeout=self._timeout,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_SKIPPED,
            trust_env=False,
            requote_redirect_url=False,
            middlewares=(_once,),
        )

    def _socket(self, address: Any) -> socket.socket:
        """A socket that the kernel drops when the service stops reading: closing waits for what is unsent."""
        family, kind, protocol, *_ = address
        made = socket.socket(family, kind, protocol)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(self.limits.head * 1000))
        return made


async def _once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """aiohttp repeats idempotent requests on a lost connection unless the error is one it does not know."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise  # not repeated by aiohttp either
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise aiohttp.ClientError(repr(error)) from error


def _well_framed(response: aiohttp.ClientResponse) -> bool:
    """A final status, and a body whose end can be told from a lost connection."""
    if not 200 <= response.status <= 599:
        return False
    framed = "Content-Length" in response.headers or "Transfer-Encoding" in response.headers
    return framed or response.method == "HEAD" or response.status in _NO_BODY


class _Upload:
    """A body on its way up. The service's clock stands still while the client is the one being waited for."""

    def __init__(self, pieces: AsyncIterator[bytes], deadline: asyncio.Timeout, patience: float) -> None:
        self._pieces, self._deadline, self._patience = pieces, deadline, patience

    def __aiter__(self) -> _Upload:
        return self

    async def __anext__(self) -> bytes:
        self._reschedule(None)
        try:
            return await anext(self._pieces)
        finally:
            self._reschedule(asyncio.get_running_loop().time() + self._patience)

    def _reschedule(self, when: float | None) -> None:
        try:
            self._deadline.reschedule(when)
        except RuntimeError:  # the head has arrived before the end of the body, or the time is up
            return


class _Answer:
    """An UpstreamResponse over aiohttp's."""

    def __init__(self, response: aiohttp.ClientResponse, authority: bytes, *, read_seconds: float) -> None:
        self._response = response
        self.authority = authority
        self.status = response.status
        self.headers = response.raw_headers
        connection = response.connection
        if connection is not None and connection.protocol is not None:  # there is more to come
            connection.protocol.read_timeout = read_seconds
            connection.protocol.start_timeout()

    @property
    def finished(self) -> bool:
        return self._response.content.at_eof()

    async def read(self) -> bytes:
        try:
            return await self._response.content.readany()
        except (aiohttp.ClientError, OSError) as error:
            raise BrokenAnswerError from error

    def close(self) -> None:
        self._response.close()
