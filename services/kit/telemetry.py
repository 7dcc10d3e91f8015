"""Structured logs and the identity of each request. Pure ASGI: it must not hide disconnects or buffer."""

from __future__ import annotations

import logging
import time
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit import trace
from services.kit.ids import new_id
from services.kit.problems import Problem, send_problem

log = structlog.stdlib.get_logger("steppe")


def configure_logging(level: str, *, process: str) -> None:
    """JSON lines on standard output; the process, request and trace are on every line."""
    logging.basicConfig(level=level, format="%(message)s", force=True)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)


class RequestIdentity:
    """Gives each request its id and trace, puts them on the answer, and logs one line when it ends.

    `trust_request_id` is for services behind the gateway, which made the id; at the gateway it is ours alone.
    The line holds no query, header or body: they may carry secrets or personal data.
    """

    def __init__(self, app: ASGIApp, *, trust_request_id: bool) -> None:
        self.app = app
        self.trust_request_id = trust_request_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"").decode("latin-1") if self.trust_request_id else None
        request_id = trace.acceptable_request_id(given) or str(new_id())
        traceparent = trace.continued(headers.get(b"traceparent", b"").decode("latin-1"))
        scope.setdefault("state", {}).update(request_id=request_id, traceparent=traceparent)
        trace.request_id.set(request_id)
        trace.traceparent.set(traceparent)
        await self._timed(scope, receive, send, request_id, traceparent)

    async def _timed(
        self, scope: Scope, receive: Receive, send: Send, request_id: str, traceparent: str
    ) -> None:
        started = time.perf_counter()
        status = 0

        async def identified(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                raw: list[Any] = [h for h in message.get("headers", []) if h[0].lower() != b"x-request-id"]
                message["headers"] = [*raw, (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, identified)
        except Exception as defect:
            if status:
                raise  # the answer has begun: the server cuts the connection
            log.error("defect", path=scope["path"], request_id=request_id, exc_info=defect)
            await send_problem(Problem(), scope, identified)
        finally:
            log.info(
                "request",
                method=scope["method"],
                path=scope["path"],
                status=status,
                duration_ms=round((time.perf_counter() - started) * 1000, 2),
                request_id=request_id,
                trace_id=trace.trace_id(traceparent),
            )
