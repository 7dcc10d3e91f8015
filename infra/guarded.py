"""HTTP/1.1 with the guards that uvicorn lacks, against clients that hold a connection and give nothing for it.

- The head of a request has `HEAD_SECONDS` from its first byte and `HEAD_BYTES` in all (slowloris; uvicorn would wait,
  and collect, without end). A new connection that says nothing is closed after `FIRST_SECONDS`.
- A client that does not take its answer is cut off: the kernel gives up on bytes that stay unacknowledged for
  `UNTAKEN_SECONDS`, and a connection at the end of its keep-alive is not waited for unless it makes progress.
- A body that goes on behind its answer is read for a while, so that the client gets to read that answer, and then cut.
- What cannot be parsed is refused with a problem document, as everything else is.
"""

from __future__ import annotations

import asyncio
import socket
from http import HTTPStatus

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from infra.protocol import HttpProtocol
from services.kit.problems import MEDIA_TYPE, BadRequest, HeadersTooLarge, Problem, RequestTimeout
from services.kit.requests import DISCARD_SECONDS, LARGEST_BODY_BYTES
from services.kit.texts import Text

HEAD_SECONDS = 10.0
HEAD_BYTES = 64 * 1024
FIRST_SECONDS = 75.0
UNTAKEN_SECONDS = 60.0

_HEAD_LATE = Text(zh="请求头接收超时", en="The header did not arrive in time")
_NOT_HTTP = Text(zh="不是有效的 HTTP/1.1 请求", en="Not a valid HTTP/1.1 request")


class GuardedProtocol(HttpProtocol):
    """For `uvicorn.Config(http=…)`. A subclass may set other limits (tests)."""

    head_seconds = HEAD_SECONDS
    head_bytes = HEAD_BYTES
    first_seconds = FIRST_SECONDS
    late_body_seconds = DISCARD_SECONDS
    late_body_bytes = LARGEST_BODY_BYTES

    _in_head = False
    _in_body = False
    _late_received = 0
    _ended = False
    """The last answer is out, before the body of its request is in."""
    _head_received = 0
    _deadline: asyncio.TimerHandle | None = None
    _untaken = 0
    _refusal: Problem | None = None
    """Of what came behind whole requests, which are answered first."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        sock = transport.get_extra_info("socket")
        if sock is not None and sock.family != socket.AF_UNIX and hasattr(socket, "TCP_USER_TIMEOUT"):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(UNTAKEN_SECONDS * 1000))
        self._deadline = self.loop.call_later(self.first_seconds, self._give_up)

    def connection_lost(self, exc: Exception | None) -> None:
        self._reached()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refusal is not None:
            return
        if self._ended:
            self._count_late(data)
            return
        late = self._in_body and not self._answers()
        super().data_received(data)
        if not self._in_head and (self._answers() or self._late(data, was=late)):
            return
        # A head that is not complete, or empty lines where one should begin.
        if self._head_received == 0:
            self._reached()
            self._deadline = self.loop.call_later(self.head_seconds, self._head_is_late)
        self._head_received += len(data)
        if self._head_received > self.head_bytes:
            self._refuse(HeadersTooLarge())

    def on_message_begin(self) -> None:
        self._in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._head_received = self._late_received = 0
        self._reached()
        super().on_headers_complete()  # raises for a target that cannot be read
        self._in_body = True

    def on_message_complete(self) -> None:
        self._in_body = False
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        self._refuse(BadRequest(_NOT_HTTP))

    def timeout_keep_alive_handler(self) -> None:
        untaken = self.transport.get_write_buffer_size()
        if untaken and untaken < (self._untaken or untaken + 1):  # slow, but it takes its answer
            self._untaken = untaken
            self.keep_for(self.timeout_keep_alive)
        elif untaken:
            self.transport.abort()
        else:
            super().timeout_keep_alive_handler()

    def _answers(self) -> bool:
        """A request is being answered, or its body comes in."""
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        return cycle is not None and not cycle.response_complete

    def _late(self, data: bytes, *, was: bool) -> bool:
        """Whether `data` is of a body whose request was answered before it was there. There is nothing to say to it."""
        if self._in_body:
            if self._late_received == 0:
                self._wait_for_late_body()
            self._count_late(data)
        elif was:  # the end of it
            self._reached()
            self.keep_for(self.timeout_keep_alive)
        return self._in_body or was

    def _wait_for_late_body(self) -> None:
        self._reached()
        self._deadline = self.loop.call_later(self.late_body_seconds, self._give_up)

    def _count_late(self, data: bytes) -> None:
        self._late_received += len(data)
        if self._late_received > self.late_body_bytes:
            self._give_up()

    def end(self) -> None:
        """A connection closed over unread data is reset, and a reset can overtake the answer."""
        if not self._in_body:
            super().end()
            return
        self._ended = True
        self.transport.write_eof()
        self._wait_for_late_body()

    def _reached(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()

    def _head_is_late(self) -> None:
        if self._answers():  # pipelined behind a request that takes its time: its own time begins after that
            self._deadline = self.loop.call_later(self.head_seconds, self._head_is_late)
        else:
            self._refuse(RequestTimeout(_HEAD_LATE))

    def on_response_complete(self) -> None:
        if self._ended:
            self.flow.resume_reading()
            return
        super().on_response_complete()
        if self._refusal is not None and not self._answers():
            self._refuse(self._refusal)

    def _refuse(self, problem: Problem) -> None:
        """A refusal of what is no request. No client may take it for the answer to one that came before."""
        self._reached()
        if self.transport.is_closing():
            return
        if self._in_body and not self._answers():
            self.transport.close()
            return
        if self._answers() and not self.cycle.more_body:
            self._refusal = problem
            return
        if self._answers() and (self.pipeline or self.cycle.response_started):
            self.transport.abort()
            return
        body = problem.body("zh-CN")
        head = "\r\n".join(
            (
                f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}",
                f"content-type: {MEDIA_TYPE}",
                f"content-length: {len(body)}",
                "content-language: zh-CN",
                "cache-control: no-store",
                "connection: close\r\n\r\n",
            )
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
