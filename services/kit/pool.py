"""The pool of a process's database connections, which gives them in the order of asking.

SQLAlchemy's gives a connection that comes back to whoever asks at that instant, and those who waited wait again behind
all others: under load a request could wait its whole time while later ones passed it. And where a connection cannot be
made, or whoever has it made leaves, nobody makes one for those who wait already.
"""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlalchemy.pool.base import _ConnectionRecord
from sqlalchemy.util import await_only
from sqlalchemy.util.queue import AsyncAdaptedQueue, Empty

from services.kit.slots import Slots


class _InOrder(AsyncAdaptedQueue[Any]):
    """What lies here is taken by whoever has a slot, and there is one for each."""

    def __init__(self, maxsize: int = 0, use_lifo: bool = False) -> None:  # noqa: FBT001, FBT002 - as inherited
        super().__init__(maxsize, use_lifo)
        self._ready = Slots(0)

    def put_nowait(self, item: Any) -> None:
        super().put_nowait(item)
        self._ready.release()

    def get_nowait(self) -> Any:
        return self.get(block=False)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:  # noqa: FBT001, FBT002 - as inherited
        if not self._ready.take():
            if not block:
                raise Empty
            try:
                await_only(self._wait(timeout))
            except TimeoutError as error:
                raise Empty from error
        return self._queue.get_nowait()

    async def _wait(self, seconds: float | None) -> None:
        async with asyncio.timeout(seconds):
            await self._ready.wait()


class InOrderPool(AsyncAdaptedQueuePool):
    """As SQLAlchemy's pool for asyncio, first come, first served."""

    _queue_class = _InOrder

    def _create_connection(self) -> ConnectionPoolEntry:
        """A place whose holder connects. If that fails, it goes to who waits longest, as it is, who then connects."""
        return _ConnectionRecord(self, connect=False)
