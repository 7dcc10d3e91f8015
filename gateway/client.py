"""The client's side of one exchange: the body it sends, and its leaving.

One object owns the server's `receive`. While the body comes in, its reader sees a disconnect; from then on a
watcher listens, before the service's first byte as well as after, and cancels the exchange. It starts a moment
later: most answers are out by then, and a task for each of them would cost an eighth of the gateway's time. One
timer serves all that wait for that moment.
"""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType

from starlette.types import Message, Receive

from services.kit.problems import ContentTooLarge, Problem, RequestTimeout
from services.kit.requests import discard

WATCH_AFTER_SECONDS = 0.02
GRACE_SECONDS = 60.0
LEAST_BYTES_PER_SECOND = 512


class ClientGone(Exception):  # noqa: N818 - an event, not a fault
    """The client closed its connection: there is nobody to answer."""


class Client:
    """`with Client(...)`: the block ends with ClientGone as soon as the client has left.

    Iterating gives the body piece by piece, each as the server received it; at most `max_bytes` in all
    (ContentTooLarge), at most `idle_seconds` apart, and the client waited for no longer than `GRACE_SECONDS` and
    the time that `LEAST_BYTES_PER_SECOND` take (RequestTimeout). Whatever of these happens ends the block and is
    what it raises, though it may have happened in another task, inside the HTTP client.
    """

    def __init__(
        self,
        receive: Receive,
        length: int | None,
        chunked: bool,  # noqa: FBT001 - names would cost a request 0.2 µs
        max_bytes: int,
        idle_seconds: float,
        *,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._receive = receive
        self._length = length or 0
        self._max_bytes, self._idle_seconds = max_bytes, idle_seconds
        self._loop = loop or asyncio.get_running_loop()
        self._received = 0
        self._waited = 0.0
        self._held = b""
        self._failure: Exception | None = None
        self._task: asyncio.Task[object] | None = None
        self._cancelled_before = 0
        self._watcher: asyncio.Task[None] | None = None
        self._cut = self._over = False
        self.body_unread = chunked or self._length > 0

    async def body(self) -> bytes | Client | None:
        """None where there is none, the whole where it is there already, else an iterator of its pieces."""
        if self._length > self._max_bytes:
            raise ContentTooLarge(limit_bytes=self._max_bytes)
        if not self.body_unread:
            return None
        return self._hold(await anext(self, b""))

    def __aiter__(self) -> Client:
        return self

    async def __anext__(self) -> bytes:
        if self._held:
            return self._take_held()
        while self.body_unread:
            try:
                piece = await self._next()
            except (Problem, ClientGone) as failure:
                self._fail(failure)
                raise
            if piece:
                return piece
        raise StopAsyncIteration

    async def discard(self) -> None:
        """Reads what is left of the body, so that the client gets to read a refusal."""
        if self.body_unread and not isinstance(self._failure, RequestTimeout):
            await discard(self._receive, received=self._received)

    def answered(self) -> None:
        """The last of the answer is about to go out: from now on the client may leave."""
        if self._over:
            return
        self._over = True
        _young.forget(self)
        if self._watcher is not None:
            self._watcher.cancel()

    def __enter__(self) -> Client:
        self._task = asyncio.current_task(self._loop)
        self._cancelled_before = self._task.cancelling() if self._task else 0
        if not self.body_unread:
            self._watch()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.answered()
        if self._cut and self._task is not None and self._task.uncancel() > self._cancelled_before:
            return  # somebody else cancels this task, too
        if error is not None and self._failure is not None and error is not self._failure:
            raise self._failure from error

    async def _next(self) -> bytes:
        clock = asyncio.get_running_loop().time
        begun = clock()
        left = GRACE_SECONDS + self._received / LEAST_BYTES_PER_SECOND - self._waited
        try:
            async with asyncio.timeout(min(self._idle_seconds, max(0.0, left))):
                message: Message = await self._receive()
        except TimeoutError as error:
            raise RequestTimeout from error
        self._waited += clock() - begun
        if message["type"] == "http.disconnect":
            raise ClientGone
        piece: bytes = message.get("body", b"")
        self._received += len(piece)
        self.body_unread = message.get("more_body", False)
        if self._received > self._max_bytes:
            raise ContentTooLarge(limit_bytes=self._max_bytes)
        if not self.body_unread:
            self._watch()
        return piece

    def _hold(self, first: bytes) -> bytes | Client:
        if not self.body_unread:
            return first
        self._held = first
        return self

    def _take_held(self) -> bytes:
        held, self._held = self._held, b""
        return held

    def _watch(self) -> None:
        if not self._over:
            _young.add(self, self._loop)

    def watch(self) -> None:
        """From now on its leaving ends the block, if that is not over."""
        if not self._over:
            self._watcher = asyncio.create_task(self._until_gone())

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._fail(ClientGone())

    def _fail(self, failure: Exception) -> None:
        """Ends the block with `failure`, from whichever task found it."""
        if self._over:
            return
        self._failure = failure
        if self._task is not None and self._task is not asyncio.current_task():
            self._cut = True
            self._task.cancel()


class _Young(threading.local):
    """Those that are not watched yet, each for half of WATCH_AFTER_SECONDS to the whole. Of one event loop a thread."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ticking = False
        self._new: set[Client] = set()
        self._older: set[Client] = set()

    def add(self, client: Client, loop: asyncio.AbstractEventLoop) -> None:
        if loop is not self._loop:
            self._loop, self._ticking = loop, False
            self._new, self._older = set(), set()
        self._new.add(client)
        if not self._ticking:
            self._ticking = True
            loop.call_later(WATCH_AFTER_SECONDS / 2, self._tick)

    def forget(self, client: Client) -> None:
        """At once, so that what hangs on an exchange that is over does not stay in memory."""
        self._new.discard(client)
        self._older.discard(client)

    def _tick(self) -> None:
        due, self._older, self._new = self._older, self._new, set()
        for client in due:
            client.watch()
        self._ticking = bool(self._older)
        if self._ticking and self._loop is not None:
            self._loop.call_later(WATCH_AFTER_SECONDS / 2, self._tick)


_young = _Young()
