"""The gateway's own endpoints within their routes' time, as a service's are within it.

What they wait for may hang so that not even its cancellation ends: a database whose host is gone, whose roll-back waits
as well. So the caller is answered and the work is left to end by itself: it can say nothing any more.
"""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit.problems import RequestTimeout, Unavailable

RETRY_AFTER_SECONDS = 5


class Hearing:
    """The client's `receive`: notes whether its body has ended, and whether somebody waits for it."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.ended = self.waited_for = False

    async def __call__(self) -> Message:
        self.waited_for = not self.ended
        try:
            message = await self._receive()
        finally:
            self.waited_for = False
        self.ended = self.ended or not message.get("more_body", False)
        return message


async def within(seconds: float, app: ASGIApp, scope: Scope, hearing: Hearing, send: Send) -> None:
    """Has `app` answer. Where the head of its answer is not there in time: RequestTimeout if it waits for the body,
    which is the client's to send, else Unavailable."""
    saying = _Saying(send)
    work = asyncio.ensure_future(app(scope, hearing, saying))
    try:
        await asyncio.wait({work, saying.begun}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if saying.begun.done() or work.done():
            await work
            return
    except asyncio.CancelledError:
        work.cancel()
        await asyncio.wait({work})
        raise
    saying.over = True
    late = hearing.waited_for
    work.cancel()
    work.add_done_callback(_heard_of)
    if late:
        raise RequestTimeout
    raise Unavailable(headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


class _Saying:
    """The application's `send`: notes that it has begun, and passes nothing on once it is too late."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.begun = asyncio.get_running_loop().create_future()
        self.over = False

    async def __call__(self, message: Message) -> None:
        if self.over:
            return
        if not self.begun.done():
            self.begun.set_result(None)
        await self._send(message)


def _heard_of(work: asyncio.Future[None]) -> None:
    """Nobody waits for it: what it ends in is taken so that the loop does not complain."""
    if not work.cancelled():
        work.exception()
