"""One HTTP/1.1 connection to a service: one exchange at a time, parsed by llhttp (through httptools) at its strictest.

    Connection   the asyncio protocol: writes a request, feeds what arrives to the parser
    Answer       what the parser found so far: the head, and the pieces of the body that nobody has read yet

An answer is refused that could be read in two ways or whose end cannot be told from a lost connection.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from typing import Protocol, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from services.kit.turns import TurnTransport

MAX_HEAD_BYTES = 64 * 1024
HIGH_WATER_BYTES = 256 * 1024
_NO_BODY = frozenset({204, 304})
_NEVER = float("inf")
_SOON = 0.001
"""The loop's clock goes by milliseconds."""


class BrokenAnswerError(ConnectionError):
    """The service failed in the middle of an answer whose head is already with the client."""


class RefusedAnswerError(ConnectionError):
    """What the service sent is no answer that may be passed on."""


class Answer:
    """An UpstreamResponse; its connection fills it."""

    __slots__ = (
        "_begun", "_connection", "_failure", "_pieces", "_read_seconds", "_size", "_waiter",
        "authority", "complete", "head", "head_bytes", "headers", "status",
    )  # fmt: skip

    def __init__(
        self, connection: Connection, authority: bytes, head: asyncio.Future[None], read_seconds: float
    ) -> None:
        self.authority = authority
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.head = head
        """Done when the head is here; fails with RefusedAnswerError, ConnectionError or TimeoutError."""
        self.head_bytes = 0
        self._begun = False
        self.complete = False
        """The whole of it has arrived, whether it was read or not."""
        self._connection, self._read_seconds = connection, read_seconds
        self._pieces: list[bytes] = []
        self._size = 0
        self._failure: BaseException | None = None
        self._waiter: asyncio.Future[None] | None = None

    @property
    def finished(self) -> bool:
        return self.complete and not self._pieces

    def at_once(self) -> bytes | None:
        return self._taken() if self.complete and not self._begun else None

    async def read(self) -> bytes:
        self._begun = True
        if not self._pieces and not self.complete:
            await self._arrival()
        if not self._pieces and self._failure is not None:
            raise BrokenAnswerError(repr(self._failure)) from self._failure
        return self._taken()

    def close(self) -> None:
        self._connection.end(self)

    def add(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._size += len(piece)
        if self._size > HIGH_WATER_BYTES:
            self._connection.pause_reading()
        self._wake()

    def finish(self) -> None:
        self.complete = True
        self._wake()

    def fail(self, failure: BaseException) -> None:
        if self.complete:
            return
        if not self.head.done():
            self.head.set_exception(failure)
        self._failure = self._failure or failure
        self._wake()

    def _taken(self) -> bytes:
        pieces, self._pieces = self._pieces, []
        if self._size > HIGH_WATER_BYTES:
            self._connection.resume_reading()
        self._size = 0
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def _arrival(self) -> None:
        if self._failure is not None:
            return
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(self._read_seconds):
                await self._waiter
        except TimeoutError as error:
            self._failure = error
        finally:
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class Owner(Protocol):
    """Who is told of its connections: the pool of the service at `authority`."""

    authority: bytes

    def ended(self, connection: Connection) -> None:
        """An exchange is over; the connection may be reusable."""

    def lost(self, connection: Connection) -> None:
        """The connection is closed."""


class Connection(asyncio.Protocol):
    """`request`, then `Answer.close`, and again while it is `reusable`."""

    def __init__(self, owner: Owner, *, unsent_seconds: float) -> None:
        self._owner, self._unsent_seconds = owner, unsent_seconds
        self._loop = asyncio.get_running_loop()
        self._parser = HttpResponseParser(self)
        self._transport: TurnTransport | None = None
        self._answer: Answer | None = None
        self._head_only = self._keep_alive = False
        self._reading_paused = False
        self._writable: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._rings_at = 0.0
        self._deadline = _NEVER
        self._upload: asyncio.Task[None] | None = None
        self._patience = 0.0
        self.idle_since = 0.0

    def request(
        self,
        head: bytes,
        body: bytes | AsyncIterator[bytes] | None,
        *,
        chunked: bool,
        head_only: bool,
        patience: float,
        read_seconds: float,
    ) -> Answer:
        """Sends a request; `head_only`: the answer to HEAD has no body, whatever its head says."""
        assert self._transport is not None  # noqa: S101 - connected, or nobody has it
        answer = self._answer = Answer(self, self._owner.authority, self._loop.create_future(), read_seconds)
        self._head_only, self._patience = head_only, patience
        if body is None or isinstance(body, bytes):
            self._transport.write(head + body if body else head)
            self._start_timer()
        else:
            self._transport.write(head)
            self._upload = self._loop.create_task(self._send(body, answer, chunked=chunked))
        return answer

    @property
    def reusable(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def end(self, answer: Answer) -> None:
        """The exchange is over: back to the owner, or closed where the answer or the request is not whole."""
        if self._answer is not answer:
            return
        self._answer = None
        self._deadline = _NEVER
        whole = answer.complete and self._keep_alive and self._upload is None
        if not whole:
            self.abort()
        elif self._head_only:
            self._parser = HttpResponseParser(self)  # it still waits for the body that will not come
        if self._reading_paused:
            self.resume_reading()
        self._owner.ended(self)

    def abort(self) -> None:
        """Closes at once, whatever is unsent."""
        if self._upload is not None:
            self._upload.cancel()
            self._upload = None
        if self._transport is not None:
            self._transport.abort()

    def pause_reading(self) -> None:
        if not self._reading_paused and self.reusable and self._transport is not None:
            self._reading_paused = True
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        if self._reading_paused:
            self._reading_paused = False
            if self.reusable and self._transport is not None:
                self._transport.resume_reading()

    # The request's body

    async def _send(self, body: AsyncIterator[bytes], answer: Answer, *, chunked: bool) -> None:
        """The service's clock stands still while the client is the one being waited for."""
        try:
            async for piece in body:
                self._start_timer()
                self._write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                if self._writable is not None:
                    await self._writable
                self._stop_timer()
            if chunked:
                self._write(b"0\r\n\r\n")
            self._upload = None
            if not answer.head.done():
                self._start_timer()
        except asyncio.CancelledError:
            raise
        except Exception as failure:  # the body's own: whoever waits for the answer is told
            answer.fail(failure)

    def _write(self, data: bytes) -> None:
        if self._transport is not None:
            self._transport.write(data)

    # The timer is left to ring when its request is answered: the next one moves the deadline, which costs less than
    # a new timer for each.

    def _start_timer(self) -> None:
        if self._answer is None or self._answer.head.done():
            return
        self._deadline = self._loop.time() + self._patience
        if self._timer is None or self._rings_at > self._deadline:
            self._ring_at_deadline()

    def _stop_timer(self) -> None:
        self._deadline = _NEVER

    def _ring_at_deadline(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._rings_at = self._deadline
        self._timer = self._loop.call_at(self._deadline, self._rings)

    def _rings(self) -> None:
        self._timer = None
        if self._deadline is _NEVER:
            return
        if self._deadline - self._loop.time() > _SOON:
            self._ring_at_deadline()
        elif self._answer is not None:
            self._answer.fail(TimeoutError("no head in time"))

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's are no Transport by class
        self._transport = made = TurnTransport(cast("asyncio.Transport", transport), self._loop)
        self._turn = made.turn
        connected: socket.socket | None = transport.get_extra_info("socket")
        if connected is not None and hasattr(socket, "TCP_USER_TIMEOUT"):
            # The kernel drops a connection that the service has stopped reading, even when we are done with it.
            connected.setsockopt(
                socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(self._unsent_seconds * 1000)
            )

    def data_received(self, data: bytes) -> None:
        self._turn.expected += 1
        self._turn.stay_awake(self._loop)
        answer = self._answer
        if answer is None or answer.complete:
            self.abort()  # it speaks unasked
            return
        try:
            if answer.status == 0:
                answer.head_bytes += len(data)
            self._parser.feed_data(data)
            if answer.status == 0 and answer.head_bytes > MAX_HEAD_BYTES:
                raise RefusedAnswerError("the head does not end")
        except (HttpParserError, HttpParserUpgrade, RefusedAnswerError) as error:
            answer.fail(RefusedAnswerError(repr(error.__context__ or error)))
            self.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._upload is not None:
            self._upload.cancel()
            self._upload = None
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        if self._answer is not None:
            self._answer.fail(exc or ConnectionResetError("closed by the service"))
        self._owner.lost(self)

    def pause_writing(self) -> None:
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    # The parser's

    def on_message_begin(self) -> None:
        if self._answer is None or self._answer.complete:
            raise RefusedAnswerError("an answer that nobody asked for")

    def on_header(self, name: bytes, value: bytes) -> None:
        answer = self._answer
        if answer is not None and answer.status == 0:  # else a trailer, which goes no further
            answer.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        answer = self._answer
        if answer is None:
            return
        status = self._parser.get_status_code()
        if 100 <= status < 200 and status != 101:
            return  # an interim answer: the final one follows
        if answer.head_bytes > MAX_HEAD_BYTES:  # perhaps it is only the body that came with it
            _require_small(answer.headers)
        _require_framed(status, answer.headers, head_only=self._head_only)
        answer.status = status
        self._keep_alive = (
            self._parser.should_keep_alive()
        )  # the parser forgets it with the end of the message
        self._deadline = _NEVER
        if not answer.head.done():
            answer.head.set_result(None)
        if self._head_only:
            answer.finish()

    def on_body(self, piece: bytes) -> None:
        if self._answer is not None and not self._answer.complete:
            self._answer.add(piece)
        else:
            raise RefusedAnswerError("a body where there is none")

    def on_message_complete(self) -> None:
        answer = self._answer
        if answer is None:
            return
        if answer.status:
            answer.finish()
        else:
            answer.headers.clear()


def _require_framed(status: int, headers: Sequence[tuple[bytes, bytes]], *, head_only: bool) -> None:
    """RefusedAnswerError unless it is a final status with a body whose end can be told."""
    if not 200 <= status <= 599:
        raise RefusedAnswerError(f"status {status}")
    found = dict(headers)
    if b"transfer-encoding" in found:
        for name, value in headers:
            if name == b"transfer-encoding" and value.lower() != b"chunked":
                raise RefusedAnswerError(f"transfer coding {value!r}")
    elif b"content-length" not in found and not head_only and status not in _NO_BODY:
        raise RefusedAnswerError("a body without an end")


def _require_small(headers: Sequence[tuple[bytes, bytes]]) -> None:
    if sum(len(name) + len(value) + 4 for name, value in headers) > MAX_HEAD_BYTES:
        raise RefusedAnswerError("the head is too large")
