"""The hot path: a streaming reverse proxy as plain ASGI, one piece of a body in memory at a time.

    client ── admission ──▶ Client (body, leaving) ──▶ Upstream.send ──▶ answer, piece by piece ──▶ client

Refusals are problem documents while the answer has not begun. Once it has, a failure cuts the connection, so
that no client takes half an answer for a whole one. Whether a call is made again is the upstream's to decide.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from gateway.admission import BadHeader, Framing, admit
from gateway.client import Client, ClientGone
from gateway.headers import (
    PassedOn,
    forward_response_headers,
    forwarded,
    keeping,
    own_request_headers,
    passed_on,
)
from gateway.passage import passage_of
from gateway.policy.rules import RateClass
from gateway.upstream import Request, Upstream, UpstreamResponse
from services.kit import trace
from services.kit.header_fields import RawHeaders, known
from services.kit.ids import new_id_text
from services.kit.problems import BadGateway, NotFound, Problem, send_problem
from services.kit.telemetry import WHOLE

_MAKE_ROOM = frozenset({RateClass.BULK, RateClass.DEVICES})
"""A flood of them leaves a service's database to submissions and reads."""
DEFAULT_MAX_BODY_BYTES = 1024 * 1024


class AnswerCutError(ConnectionError):
    """An answer cannot be completed. Raised through to the server, which then closes the connection."""


class Proxy:
    """ASGI app for `/v1/<name>/...`, one upstream a name.

    `scope["state"]` gives `request_id` and `traceparent` where the telemetry outside has set them.
    `client_idle_seconds` bounds the wait for the next piece of a request body (408), and for the client to
    take the next piece of an answer (its connection is cut).
    """

    def __init__(
        self,
        upstreams: Mapping[str, Upstream],
        *,
        max_body_bytes: int = DEFAULT_MAX_BODY_BYTES,
        client_idle_seconds: float = 30.0,
    ) -> None:
        self.by_service = dict(upstreams)
        self._upstreams = {name.encode("ascii"): upstream for name, upstream in upstreams.items()}
        self.max_body_bytes = max_body_bytes
        self.client_idle_seconds = client_idle_seconds
        self._loop: asyncio.AbstractEventLoop | None = None

    def match(self, raw_path: bytes) -> Upstream | None:
        """The upstream of `/v<number>/<name>/...`; None for every other path, `/v1/<name>` itself included."""
        parts = raw_path.split(b"/", 3)
        if len(parts) < 4 or parts[0] or parts[1][:1] != b"v" or not parts[1][1:].isdigit():
            return None
        return self._upstreams.get(parts[2])

    def loop(self) -> asyncio.AbstractEventLoop:
        """The one that it runs in. asyncio asks the system for the process each time, 0.6 µs: it is asked once."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
        return self._loop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        elif scope["type"] == "http":
            await self.forward(scope, receive, send)

    def forward(self, scope: Scope, receive: Receive, send: Send) -> Coroutine[Any, Any, None]:
        """The exchange of one HTTP request."""
        return _Exchange(self, scope, send).run(receive)


class _Exchange:
    """One request and its answer."""

    def __init__(self, proxy: Proxy, scope: Scope, send: Send) -> None:
        self._proxy, self._scope, self._send = proxy, scope, send
        self._passage = passage_of(scope)
        state = scope.setdefault("state", {})
        self._request_id: str = state.get("request_id") or state.setdefault("request_id", new_id_text())
        self._traceparent: str = state.get("traceparent") or trace.continued(None)
        self._answering = False

    async def run(self, receive: Receive) -> None:
        client: Client | None = None
        try:
            framing = self._passage.framing if self._passage else admit(self._scope)
            upstream = self._upstream()
            client = self._client(receive, framing)
            if upstream is None:
                raise NotFound
            with client:
                await self._forward(client, upstream, framing)
        except ClientGone:
            return
        except Problem as problem:
            if self._answering:
                raise AnswerCutError(problem.code) from problem
            await self._refuse(problem, client)

    def _upstream(self) -> Upstream | None:
        if self._passage is not None:
            return self._proxy.by_service.get(self._passage.route.service)
        return self._proxy.match(self._scope["raw_path"])

    def _client(self, receive: Receive, framing: Framing) -> Client:
        return Client(
            receive,
            framing.length,
            framing.chunked,
            self._passage.route.max_body_bytes if self._passage else self._proxy.max_body_bytes,
            self._proxy.client_idle_seconds,
            loop=self._proxy.loop(),
        )

    async def _forward(self, client: Client, upstream: Upstream, framing: Framing) -> None:
        scope = self._scope
        body = await client.body() if client.body_unread else None
        response = await upstream.send(
            Request(
                scope["method"],
                scope["raw_path"],
                scope["query_string"],
                self._own_headers(framing.length if isinstance(body, Client) else None),
                body,
                self._passage.route if self._passage else None,
                self._passed_on(),
                self._forwarded(),
            )
        )
        try:
            await self._answer(client, response)
        finally:
            response.close()

    def _own_headers(self, content_length: int | None) -> list[tuple[str, str]]:
        return own_request_headers(
            request_id=self._request_id,
            traceparent=self._traceparent,
            content_length=content_length,
            makes_room=self._passage is not None and self._passage.route.rate in _MAKE_ROOM,
        )

    def _forwarded(self) -> PassedOn:
        scope = self._scope
        client = scope.get("client")
        return forwarded(client[0] if client else "unknown", scope["scheme"], known(scope["headers"], _host))

    def _passed_on(self) -> PassedOn:
        headers, passage = self._scope["headers"], self._passage
        try:
            return passed_on(passage.credited(headers) if passage is not None else headers, self._traceparent)
        except ValueError as error:
            raise BadHeader from error

    async def _answer(self, client: Client, response: UpstreamResponse) -> None:
        try:
            headers = forward_response_headers(
                response.headers,
                status=response.status,
                request_id=self._request_id,
                upstream=response.authority,
            )
        except ValueError as error:
            raise BadGateway from error
        if self._passage is not None:
            headers += self._passage.answer_headers
            headers += () if self._passage.for_cache else keeping(headers)
        self._answering = True
        start: Message = {"type": "http.response.start", "status": response.status, "headers": headers}
        piece = response.at_once()
        if piece is not None and self._takes_whole():
            client.answered()
            start[WHOLE] = piece
            await self._send(start)
            return
        await self._send(start)
        if piece is None:
            piece = await response.read()
            while not response.finished:
                await self._pass_on(piece)
                piece = await response.read()
        client.answered()
        await self._send({"type": "http.response.body", "body": piece})

    def _takes_whole(self) -> bool:
        """Whether the answer goes to a server that takes it as one message: not to the cache, which collects it."""
        if self._passage is not None and self._passage.for_cache:
            return False
        return WHOLE in self._scope.get("extensions", ())

    async def _pass_on(self, piece: bytes) -> None:
        try:
            async with asyncio.timeout(self._proxy.client_idle_seconds):
                await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        except TimeoutError as error:
            raise AnswerCutError("the client takes nothing") from error

    async def _refuse(self, problem: Problem, client: Client | None) -> None:
        expects_go_ahead = any(name == b"expect" for name, _ in self._scope["headers"])
        if client is not None and not expects_go_ahead:
            await client.discard()
        problem.headers.setdefault("X-Request-Id", self._request_id)
        if self._passage is not None:
            self._passage.mark(problem)
        await send_problem(problem, self._scope, self._send)


def _host(headers: RawHeaders) -> str:
    """There is one at most, and it is ASCII."""
    return dict(headers).get(b"host", b"").decode("ascii")
