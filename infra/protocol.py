"""uvicorn's HTTP/1.1 protocol, with the head of an answer written together with the first piece of its body.

One write instead of two saves a system call and wakes the client once; a request that does not begin with a full
URL needs no URL parser. An application that sends the body in the same step says `steppe.body_follows` in its
start message, which other servers ignore: then nobody need see to it that the head goes out alone. Everything else
is uvicorn's. What each saves is in decision 0017.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

_NO_BODY = frozenset({204, 304})
_NEVER = float("inf")
_SOON = 0.001
"""The loop's clock goes by milliseconds."""
_JOINED_BYTES = 64 * 1024
"""A longer piece is not copied to stand beside the head."""


class HttpProtocol(HttpToolsProtocol):
    """One connection of a client. Web sockets and uvicorn's own concurrency limit are not served."""

    _idle_until = _NEVER
    """By the loop's clock; while a request is under way, never."""

    # The timer of an idle connection is left to ring when a request comes: moving a deadline costs less than a new
    # timer for each request.

    def _unset_keepalive_if_required(self) -> None:
        self._idle_until = _NEVER

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self.keep_for(self.timeout_keep_alive)

    def keep_for(self, seconds: float) -> None:
        """Has `timeout_keep_alive_handler` called if no more comes for so long."""
        self._idle_until = self.loop.time() + seconds
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_at(self._idle_until, self._rings)

    def _rings(self) -> None:
        self.timeout_keep_alive_task = None
        if self._idle_until is _NEVER:
            return
        if self._idle_until - self.loop.time() > _SOON:
            self.timeout_keep_alive_task = self.loop.call_at(self._idle_until, self._rings)
        else:
            self.timeout_keep_alive_handler()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = None

    def on_headers_complete(self) -> None:
        parser, scope = self.parser, self.scope
        http_version = parser.get_http_version()
        scope["method"] = parser.get_method().decode("ascii")
        if http_version != "1.1":
            scope["http_version"] = http_version
        raw_path, query = _split(self.url)
        path = raw_path.decode("ascii")
        scope["path"] = unquote(path) if "%" in path else path
        scope["raw_path"] = raw_path
        scope["query_string"] = query
        before: RequestResponseCycle | None = self.cycle
        self.cycle = _Exchange(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=False,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=self.expect_100_continue,
            keep_alive=http_version != "1.0" and parser.should_keep_alive(),
            on_response=self.on_response_complete,
        )
        self.cycle.call_soon = self.loop.call_soon
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))


class _Exchange(RequestResponseCycle):
    """One request and its answer."""

    _head = b""
    """Of the answer, until it is written."""
    call_soon: Callable[[Callable[[], None]], object]

    async def send(self, message: Any) -> None:
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if self.disconnected:
            return
        kind = message["type"]
        if kind == "http.response.body" and self.response_started and not self.response_complete:
            self._send_body(message.get("body", b""), more=message.get("more_body", False))
        elif kind == "http.response.start" and not self.response_started:
            self.response_started = True
            self.waiting_for_100_continue = False
            self._head = self._head_of(
                message["status"], [*self.default_headers, *message.get("headers", ())]
            )
            # Written with the body where that follows at once, else on its own.
            if not message.get("steppe.body_follows"):
                self.call_soon(self._flush)
        else:
            raise RuntimeError(f"unexpected ASGI message {kind!r}")

    def _head_of(self, status: int, headers: list[tuple[bytes, bytes]]) -> bytes:
        found = dict(headers)
        if not b"".join(found).islower():  # ASGI asks for lower case
            headers = [(name.lower(), value) for name, value in headers]
            found = dict(headers)
        closing = False
        if b"transfer-encoding" in found and found[b"transfer-encoding"].lower() == b"chunked":
            self.expected_content_length, self.chunked_encoding = 0, True
        elif b"content-length" in found:
            self.expected_content_length, self.chunked_encoding = int(found[b"content-length"]), False
        if b"connection" in found and b"close" in found[b"connection"].lower():
            closing, self.keep_alive = True, False
        lines = [STATUS_LINE[status], *[b"%b: %b\r\n" % each for each in headers]]
        if not self.keep_alive and not closing:
            lines.append(b"connection: close\r\n")
        if self.chunked_encoding is None and self.scope["method"] != "HEAD" and status not in _NO_BODY:
            self.chunked_encoding = True
            lines.append(b"transfer-encoding: chunked\r\n")
        head = b"".join(lines)
        if head.count(b"\n") != len(lines) or head.count(b"\r") != len(lines) or b"\0" in head:
            raise RuntimeError("a line break or NUL in a header field")
        return head + b"\r\n"

    def _send_body(self, body: bytes, *, more: bool) -> None:
        if self.scope["method"] == "HEAD":
            self._write(b"")
            self.expected_content_length = 0
        elif self.chunked_encoding:
            framed = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            self._write(framed if more else framed + b"0\r\n\r\n")
        else:
            self.expected_content_length -= len(body)
            if self.expected_content_length < 0:
                raise RuntimeError("Response content longer than Content-Length")
            self._write(body)
        if more:
            return
        if self.expected_content_length != 0:
            raise RuntimeError("Response content shorter than Content-Length")
        self.response_complete = True
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()

    def _write(self, data: bytes) -> None:
        head, self._head = self._head, b""
        if head and len(data) > _JOINED_BYTES:
            self.transport.write(head)
        elif head:
            data = head + data
        if data:
            self.transport.write(data)

    def _flush(self) -> None:
        if self._head and not self.transport.is_closing():
            self._write(b"")


def _split(url: bytes) -> tuple[bytes, bytes]:
    """Path and query. The parser is for targets in absolute form (RFC 9112 3.2.2) and for stray fragments."""
    if url.startswith(b"/") and b"#" not in url:
        path, _, query = url.partition(b"?")
        return path, query
    parsed: Any = httptools.parse_url(url)
    return parsed.path or b"/", parsed.query or b""
