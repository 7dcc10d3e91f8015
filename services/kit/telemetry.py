"""The identity of each request, and what is told of it. Pure ASGI: it must not hide disconnects or buffer."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit import access_log, trace, tracing
from services.kit.access_log import METHODS, UNMATCHED, Exchange
from services.kit.auth import Principal
from services.kit.header_fields import RawHeaders, known
from services.kit.ids import new_id_text
from services.kit.logs import configure_logging, log
from services.kit.metrics import Metrics
from services.kit.problems import Problem, send_problem
from services.kit.tracing import Sampling, Span

__all__ = ["WHOLE", "RequestIdentity", "configure_logging", "log"]

WHOLE = "steppe.whole"
"""An extension of ASGI, in the scope where the server has it: the whole body, as a key of the start message.

Who stands between the application and the server and looks at bodies must know it, or take it out of the scope.
"""
KindOf = Callable[[Principal | None], str]


def first_role(principal: Principal | None) -> str:
    """The kind of a caller, for the log: `public`, or the first role of its token."""
    return "public" if principal is None else next(iter(principal.roles), "none")


class RequestIdentity:
    """Gives each request its id and trace, puts them on the answer, and logs one line when it ends.

    `trust_request_id` is for services behind the gateway, which made the id; at the gateway it is ours alone.
    What is inside may leave in `scope["state"]`: `route` (template), `rate_class`, `principal`, `address`.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        process: str,
        trust_request_id: bool,
        kind_of: KindOf = first_role,
        metrics: Metrics | None = None,
        sampling: Sampling | None = None,
    ) -> None:
        self.app, self.process = app, process
        self.metrics = metrics or Metrics()
        self.sampling = sampling or Sampling(None, ratio=0, believes_callers=True)
        self.trust_request_id, self.kind_of = trust_request_id, kind_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given, parent = known(scope["headers"], _identifying)
        request_id = trace.acceptable_request_id(given if self.trust_request_id else None) or new_id_text()
        span, traceparent = self.sampling.request(scope["method"], parent)
        scope.setdefault("state", {}).update(request_id=request_id, traceparent=traceparent)
        trace.request_id.set(request_id)
        trace.traceparent.set(traceparent)
        tracing.enter(span)
        observed = _Observed(scope, receive, send, request_id)
        self.metrics.in_flight += 1
        try:
            await self.app(scope, observed.receive, observed.send)
        except Exception as defect:
            if observed.status and not observed.complete:
                raise  # the answer has begun: the server cuts the connection
            log.error("defect", route=route_of(scope), request_id=request_id, exc_info=defect)
            if not observed.status:
                await send_problem(Problem(), scope, observed.send)
        finally:
            self.metrics.in_flight -= 1
            self._tell(observed, traceparent, span)

    def _tell(self, observed: _Observed, traceparent: str, span: Span | None) -> None:
        scope, state = observed.scope, observed.scope["state"]
        principal: Principal | None = state.get("principal")
        method = scope["method"]
        client = scope.get("client")
        exchange = Exchange(  # by position: by name each would take 0.3 µs more
            observed.request_id,
            traceparent[3:35],
            method if method in METHODS else "other",
            route_of(scope),
            observed.status,
            not observed.complete,
            time.perf_counter() - observed.started,
            observed.bytes_in,
            observed.bytes_out,
            state.get("rate_class") or "none",
            principal,
            self.kind_of(principal),
            state.get("address") or (client[0] if client else ""),
        )
        self.metrics.finished(exchange)
        access_log.write(exchange, process=self.process)
        if span is not None:
            _end(span, exchange)


def _end(span: Span, exchange: Exchange) -> None:
    attributes: dict[str, str | int] = {
        "http.request.method": exchange.method,
        "http.route": exchange.route,
        "steppe.request_id": exchange.request_id,
        "steppe.outcome": exchange.outcome,
        "steppe.rate_class": exchange.rate_class,
        "steppe.caller_kind": exchange.caller_kind,
    }
    if exchange.status:
        attributes["http.response.status_code"] = exchange.status
    failed = str(exchange.status) if exchange.status >= HTTPStatus.INTERNAL_SERVER_ERROR else None
    span.end(attributes, name=f"{exchange.method} {exchange.route}", error=failed)


class _Observed:
    """One request on its way: counts what goes by and puts the request's id on the answer."""

    __slots__ = (
        "_receive",
        "_send",
        "bytes_in",
        "bytes_out",
        "complete",
        "request_id",
        "scope",
        "started",
        "status",
    )

    def __init__(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        self.scope, self._receive, self._send, self.request_id = scope, receive, send, request_id
        self.started = time.perf_counter()
        self.status = self.bytes_in = self.bytes_out = 0
        self.complete = False

    async def receive(self) -> Message:
        message = await self._receive()
        body = message.get("body")
        if body:
            self.bytes_in += len(body)
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            said = (b"x-request-id", self.request_id.encode())
            headers: list[Any] = message.get("headers", [])
            if said not in headers:  # the gateway's proxy has said it
                headers = [h for h in headers if h[0].lower() != b"x-request-id"]
                headers.append(said)
            message["headers"] = headers
            await self._send(message)
            body = message.get(WHOLE)
            if body is not None:
                self.bytes_out += len(body)
                self.complete = True
        else:
            self.bytes_out += len(message.get("body", b""))
            await self._send(message)
            self.complete = not message.get("more_body", False)


def route_of(scope: Scope) -> str:
    """The template of a request's route; never its path."""
    template: str = scope["state"].get("route") or getattr(scope.get("route"), "path", "")
    return template or UNMATCHED


def _identifying(headers: RawHeaders) -> tuple[str | None, str | None]:
    """`X-Request-Id` and `traceparent`, as they were sent."""
    found = dict(headers)
    request_id, parent = found.get(b"x-request-id"), found.get(b"traceparent")
    return (
        None if request_id is None else request_id.decode("latin-1"),
        None if parent is None else parent.decode("latin-1"),
    )
