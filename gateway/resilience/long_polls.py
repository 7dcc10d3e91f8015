"""Long polls at a gateway that is told to end: nobody is kept waiting, and nobody is cut.

The service does not know that its gateway goes. So the gateway takes the call back and gives the answer that the
feed gives when the time is over: nothing new, read on from where you were.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from gateway.resilience.errors import Draining
from services.kit import draining
from services.kit.feed import MEDIA_TYPE, NEXT_HEADER

T = TypeVar("T")
_FEED = re.compile(rb"/v1/[a-z]+/events")
_AFTER = re.compile(rb"(?:^|&)after=([0-9]{1,19})(?:&|$)")


async def unless_told_to_end(call: Coroutine[Any, Any, T], *, discard: Callable[[T], object]) -> T:
    """What `call` returns. Raises Draining, and cancels it, once the process is told to end.

    `discard` is given a result that came in the moment in which this was cancelled.
    """
    loop = asyncio.get_running_loop()
    told: asyncio.Future[None] = loop.create_future()
    withdraw = draining.when_begun(lambda: loop.call_soon_threadsafe(_tell, told))
    task = asyncio.create_task(call)
    either: set[asyncio.Future[Any]] = {task, told}
    try:
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        await _cancelled(task, discard)
        raise
    finally:
        withdraw()
    if not task.done():
        await _cancelled(task, discard)
        raise Draining
    return task.result()


def _tell(told: asyncio.Future[None]) -> None:
    if not told.done():
        told.set_result(None)


async def _cancelled(task: asyncio.Task[T], discard: Callable[[T], object]) -> None:
    """Waits until it has given back what it held."""
    task.cancel()
    await asyncio.wait({task})
    if not task.cancelled() and task.exception() is None:
        discard(task.result())


def nothing_new(raw_path: bytes, query: bytes) -> NothingNew:
    """The answer of a feed that had nothing to say; raises Draining for what is no feed."""
    if not _FEED.fullmatch(raw_path):
        raise Draining
    after = _AFTER.search(query)
    return NothingNew(after[1] if after else b"0")


class NothingNew:
    """An UpstreamResponse that no service gave."""

    authority = b"localhost"
    status = 200

    def __init__(self, after: bytes) -> None:
        self.headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (NEXT_HEADER.encode(), after),
            (b"cache-control", b"no-store"),
            (b"content-length", b"2"),
        ]
        self.finished = False

    def at_once(self) -> bytes:
        self.finished = True
        return b"[]"

    async def read(self) -> bytes:
        return self.at_once()

    def close(self) -> None:
        """Holds nothing."""
