"""uvicorn's HTTP/1.1 protocol, with the head of an answer written together with the first piece of its body.

One write instead of two saves a system call and wakes the client once; a request that does not begin with a full
URL needs no URL parser. An application that has the whole of its answer may send it as one message: where the scope's
extensions have `WHOLE`, that is a key of the start message, and its value the body. A request whose header fields are,
byte for byte, those of the one before it on its connection is not parsed again (`_Repeated`).
Everything else is uvicorn's. What each saves is in decision 0017.
"""

from __future__ import annotations

import asyncio
import re
import socket
import struct
from typing import Any, NamedTuple
from urllib.parse import unquote

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from services.kit import draining
from services.kit.header_fields import HeaderFields
from services.kit.telemetry import WHOLE
from services.kit.turns import TurnTransport

_EXTENSIONS: dict[str, dict[object, object]] = {WHOLE: {}}
_NO_BODY = frozenset({204, 304})
_FRAMING = frozenset({b"content-length", b"transfer-encoding", b"upgrade"})
_NEVER = float("inf")
_SOON = 0.001
"""The loop's clock goes by milliseconds."""
_JOINED_BYTES = 64 * 1024
"""A longer piece is not copied to stand beside the head."""
# A request without a body; its target in origin form (RFC 9112 3.2.1) and without what needs a parser.
_REQUEST_LINE = re.compile(rb"(GET|HEAD) (/[!\x22\x24-\x7e]*) HTTP/1\.1\r\n")


class _Repeated(NamedTuple):
    """The header fields of a request that the parser has found whole: as they came, and as ASGI has them."""

    block: bytes
    """From behind the request line to the empty line."""
    fields: HeaderFields


class HttpProtocol(HttpToolsProtocol):
    """One connection of a client. Web sockets and uvicorn's own concurrency limit are not served."""

    transport: TurnTransport
    _idle_until = _NEVER
    """By the loop's clock; while a request is under way, never."""
    _repeated: _Repeated | None = None
    _running: RequestResponseCycle | None = None
    """The exchange that is being answered; uvicorn's `cycle` is the one that was read last."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(TurnTransport(transport, self.loop))

    def eof_received(self) -> None:
        self.transport.flush()  # before the loop closes it

    def data_received(self, data: bytes) -> None:
        self.transport.turn.expected += 1
        before: RequestResponseCycle | None = self.cycle
        if self._repeated is not None and before is not None and before.response_complete:
            line = data[: -len(self._repeated.block)]
            if data.endswith(self._repeated.block) and (found := _REQUEST_LINE.fullmatch(line)):
                self._again(found[1].decode("ascii"), found[2], self._repeated.fields)
                return
        self._repeated = None
        super().data_received(data)
        if self.cycle is not before and self._between_requests():
            self._repeated = _repeatable(data, self.cycle)

    def _between_requests(self) -> bool:
        """The parser has seen a request to its end, and nothing behind it."""
        return not self.cycle.more_body and not self.pipeline

    def _again(self, method: str, target: bytes, fields: HeaderFields) -> None:
        """A request like the one before it, to the same or another path. The parser stands where it stood."""
        self._idle_until = _NEVER
        self.expect_100_continue = False
        self.cycle = exchange = _Exchange(self, self._scope(method, target, fields), more_body=False)
        self._start_asgi_task(exchange, self.app)

    # The timer of an idle connection is left to ring when a request comes: moving a deadline costs less than a new
    # timer for each request.

    def _unset_keepalive_if_required(self) -> None:
        self._idle_until = _NEVER

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """uvicorn's waits for a callback to know that the task is over; the exchange says so itself."""
        task = self.loop.create_task(cycle.run_asgi(app))
        cycle.task = task  # type: ignore[attr-defined]
        self.tasks.add(task)
        self._running = cycle

    def on_response_complete(self) -> None:
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        else:
            self.keep_for(self.timeout_keep_alive)

    def end(self) -> None:
        """The last answer of the connection is written."""
        self.transport.close()

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
        running = self._running
        if running is not None and running is not self.cycle:  # the next request was here already
            running.disconnected = not running.response_complete
            running.message_event.set()
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = None

    def on_message_begin(self) -> None:
        """uvicorn begins the scope here; this one makes it when all of it is known."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False

    def on_headers_complete(self) -> None:
        parser = self.parser
        http_version = parser.get_http_version()
        if http_version == "1.0":
            self.expect_100_continue = False  # RFC 9110 10.1.1
        keep_alive = http_version != "1.0" and parser.should_keep_alive()
        scope = self._scope(parser.get_method().decode("ascii"), self.url, self.headers, http_version)
        before: RequestResponseCycle | None = self.cycle
        self.cycle = _Exchange(self, scope, keep_alive=keep_alive)
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((self.cycle, self.app))

    def _scope(
        self, method: str, target: bytes, headers: list[tuple[bytes, bytes]], http_version: str = "1.1"
    ) -> dict[str, Any]:
        raw_path, query = _split(target)
        path = raw_path.decode("ascii")
        return {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": http_version,
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "method": method,
            "root_path": self.root_path,
            "path": unquote(path) if "%" in path else path,
            "raw_path": raw_path,
            "query_string": query,
            "headers": headers,
            "state": self.app_state.copy(),
            "extensions": _EXTENSIONS,
        }


class _Signal:
    """What an exchange needs of asyncio's Event. One is made for each request, and hardly ever waited for."""

    __slots__ = ("_is_set", "_waiting")

    def __init__(self, *, is_set: bool) -> None:
        self._is_set = is_set
        self._waiting: list[asyncio.Future[None]] | None = None

    def set(self) -> None:
        self._is_set = True
        if self._waiting is not None:
            waiting, self._waiting = self._waiting, None
            for each in waiting:
                if not each.done():
                    each.set_result(None)

    def clear(self) -> None:
        self._is_set = False

    async def wait(self) -> None:
        """Returns once it is set, though it may have been cleared since."""
        if self._is_set:
            return
        turn = asyncio.get_running_loop().create_future()
        if self._waiting is None:
            self._waiting = []
        self._waiting.append(turn)
        await turn


class _Exchange(RequestResponseCycle):
    """One request and its answer."""

    _head = b""
    """Of the answer, until it is written."""
    task: asyncio.Task[None]
    message_event: _Signal  # type: ignore[assignment]
    _until_closed = False
    """The body ends with the connection: HTTP/1.0 knows no chunks (RFC 9112 6.1)."""
    # What most exchanges never change of what uvicorn sets for each.
    disconnected = response_started = response_complete = False
    chunked_encoding = None
    expected_content_length = 0

    def __init__(
        self,
        protocol: HttpProtocol,
        scope: dict[str, Any],
        *,
        keep_alive: bool = True,
        more_body: bool = True,
    ) -> None:
        """In place of uvicorn's, which takes all this one by one."""
        self.scope = scope  # type: ignore[assignment]
        self.transport, self.flow, self.loop = protocol.transport, protocol.flow, protocol.loop
        self.default_headers, self.tasks = protocol.server_state.default_headers, protocol.tasks
        self.logger = protocol.logger
        self.on_response, self._end = protocol.on_response_complete, protocol.end
        self.keep_alive, self.waiting_for_100_continue = keep_alive, protocol.expect_100_continue
        self.body, self.more_body = bytearray(), more_body
        self.message_event = _Signal(is_set=not more_body)

    async def run_asgi(self, app: Any) -> None:
        """As uvicorn's, and out of the server's tasks at its end."""
        try:
            await app(self.scope, self.receive, self.send)
            if not self.response_complete and not self.disconnected:
                raise RuntimeError("the application returned before its answer was whole")
        except BaseException as failure:
            self.logger.error("Exception in ASGI application\n", exc_info=failure)
            if self.response_started:
                self.transport.close()
            else:
                await self.send_500_response()
        finally:
            self.on_response = _nobody
            self.tasks.discard(self.task)

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
            body = message.get(WHOLE)
            if body is not None:
                self._send_body(body, more=False)
            else:  # written with the body where that follows at once, else on its own
                self.loop.call_soon(self._flush)
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
        lines = [b": ".join(each) for each in headers]
        if draining.begun():  # perhaps only since this was asked for: `LastAnswers` did not know
            self.keep_alive = False
        if not self.keep_alive and not closing:
            lines.append(b"connection: close")
        if self.chunked_encoding is None and self.scope["method"] != "HEAD" and status not in _NO_BODY:
            self.chunked_encoding = True
            lines.append(b"transfer-encoding: chunked")
        if self.chunked_encoding and self.scope["http_version"] != "1.1":
            lines = [line for line in lines if not line.startswith(b"transfer-encoding:")]
            self._until_closed, self.chunked_encoding = self.scope["method"] != "HEAD", False
            self._reset_if_closed(self._until_closed)
        lines += (b"", b"")
        head = STATUS_LINE[status] + b"\r\n".join(lines)
        if head.count(b"\n") != len(lines) or head.count(b"\r") != len(lines) or b"\0" in head:
            raise RuntimeError("a line break or NUL in a header field")
        return head

    def _reset_if_closed(self, reset: bool) -> None:  # noqa: FBT001
        """A reset tells a client whose body ends with the connection that it is not whole, whatever cuts it."""
        connected: socket.socket | None = self.transport.get_extra_info("socket")
        if connected is not None:
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", reset, 0))

    def _send_body(self, body: bytes, *, more: bool) -> None:
        if self.scope["method"] == "HEAD":
            self._write(b"")
            self.expected_content_length = 0
        elif self.chunked_encoding:
            framed = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            self._write(framed if more else framed + b"0\r\n\r\n")
        elif self._until_closed:
            self._write(body)
            if not more:
                self._reset_if_closed(False)
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
            self._end()
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


def _nobody() -> None:
    """Is told of the end of an exchange that is over."""


def _repeatable(data: bytes, cycle: RequestResponseCycle) -> _Repeated | None:
    """The fields of the request that `data` is, where it is one request and nothing else.

    Each line is then the request line, a field or the empty line, so that the same lines can mean nothing else.
    """
    line, _, block = data.partition(b"\r\n")
    headers = [*cycle.scope["headers"]]
    lines = len(headers) + 1
    if (
        not cycle.keep_alive
        or cycle.waiting_for_100_continue
        or not _REQUEST_LINE.fullmatch(line + b"\r\n")
        or not block.endswith(b"\r\n\r\n")
        or block.count(b"\r\n") != lines
        or block.count(b"\n") != lines
        or block.count(b"\r") != lines
        or any(name in _FRAMING for name, _ in headers)
    ):
        return None
    return _Repeated(block, HeaderFields(headers))


def _split(url: bytes) -> tuple[bytes, bytes]:
    """Path and query. The parser is for targets in absolute form (RFC 9112 3.2.2) and for stray fragments."""
    if url.startswith(b"/") and b"#" not in url:
        path, _, query = url.partition(b"?")
        return path, query
    parsed: Any = httptools.parse_url(url)
    return parsed.path or b"/", parsed.query or b""
