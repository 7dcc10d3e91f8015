"""The pool of a process's database connections, which gives them in the order of asking.

SQLAlchemy's gives a connection that comes back to whoever asks at that instant, and those who waited wait again behind
all others: under load a request could wait its whole time while later ones passed it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.util import await_only
from sqlalchemy.util.queue import AsyncAdaptedQueue, Empty


class _InOrder(AsyncAdaptedQueue[Any]):
    """What is put goes to whoever waits longest; it lies here only where nobody waits."""

    def __init__(self, maxsize: int = 0, use_lifo: bool = False) -> None:  # noqa: FBT001, FBT002 - as inherited
        super().__init__(maxsize, use_lifo)
        self._waiting: deque[asyncio.Future[Any]] = deque()

    def put_nowait(self, item: Any) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(item)
                return
        super().put_nowait(item)

    def get(self, block: bool = True, timeout: float | None = None) -> Any:  # noqa: FBT001, FBT002 - as inherited
        try:
            return self.get_nowait()
        except Empty:
            if not block:
                raise
        try:
            return await_only(self._turn(timeout))
        except TimeoutError as error:
            raise Empty from error

    async def _turn(self, seconds: float | None) -> Any:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(seconds):
                return await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                self.put_nowait(turn.result())  # given in the moment in which it gave up
            raise  # else `put_nowait` passes over it


class InOrderPool(AsyncAdaptedQueuePool):
    """As SQLAlchemy's pool for asyncio, first come, first served."""

    _queue_class = _InOrder
