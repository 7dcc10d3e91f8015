"""A request's way: through the gate, then to a service by the proxy or to the gateway's own endpoints. Plain ASGI."""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.cache.public import PublicCache
from gateway.gate import Gate
from gateway.headers import keeping
from gateway.own_time import Hearing, within
from gateway.passage import Passage, passage_of
from gateway.proxy import Proxy
from services.kit.problems import Problem, RequestTimeout, Unavailable, send_problem
from services.kit.requests import discard
from services.kit.telemetry import log

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Pipeline:
    """The gateway behind its telemetry."""

    def __init__(self, *, gate: Gate, own: ASGIApp, proxy: Proxy, cache: PublicCache | None = None) -> None:
        self.gate, self.own, self.proxy, self.cache = gate, own, proxy, cache

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.proxy(scope, receive, send)  # refuses it
            return
        if scope["type"] != "http":
            await self.own(scope, receive, send)
            return
        scope.setdefault("state", {})
        try:
            told = self.gate.preflight(scope) if scope["method"] == "OPTIONS" else None
            if told is not None:
                await send({"type": "http.response.start", "status": 204, "headers": told})
                await send({"type": "http.response.body", "body": b""})
                return
            passage = await self.gate.pass_through(scope)
        except Problem as problem:
            await _refuse(problem, scope, receive, send)
            return
        if passage.route.cache is not None and self.cache is not None:
            await self.cache.answer(scope, receive, send, passage, self._on)
        elif (
            self.cache is not None
            and scope["method"] not in SAFE
            and self.cache.store.has_path(scope["raw_path"])
        ):
            await self._on(scope, receive, send)
            self.cache.store.drop_path(scope["raw_path"])  # RFC 9111 4.4
        else:
            await self._on(scope, receive, send)

    def _on(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """To whoever answers it."""
        passage: Passage = scope["state"]["passage"]
        if passage.route.service != "gateway":
            return self.proxy.forward(scope, receive, send)
        if passage.authorization is not None:
            scope = {**scope, "headers": passage.credited(scope["headers"])}
        return self._own_in_time(scope, receive, send, passage)

    async def _own_in_time(self, scope: Scope, receive: Receive, send: Send, passage: Passage) -> None:
        carrying, hearing = _carrying(passage, send), Hearing(receive)
        try:
            await within(passage.route.timeout_seconds, self.own, scope, hearing, carrying)
        except RequestTimeout as problem:
            await _refuse(problem, scope, None, send)
        except Unavailable as problem:
            log.warning("own_endpoint_late", route=passage.route.template)
            await _refuse(problem, scope, None if hearing.ended else receive, send)


def _carrying(passage: Passage, send: Send) -> Send:
    async def with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", ()), *passage.answer_headers]
            message["headers"] = headers if passage.for_cache else headers + keeping(headers)
        await send(message)

    return with_headers


async def _refuse(problem: Problem, scope: Scope, receive: Receive | None, send: Send) -> None:
    """A body that is on its way is read for a while, so that the client gets to read the refusal.

    `receive` is None where the body has been read, or was waited for long enough.
    """
    names = [name for name, _ in scope["headers"]]
    has_body = b"content-length" in names or b"transfer-encoding" in names
    if receive is not None and has_body and b"expect" not in names:
        await discard(receive)
    passage = passage_of(scope)
    if passage is not None:
        passage.mark(problem)
    await send_problem(problem, scope, send)
