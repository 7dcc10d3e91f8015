"""So many at once: asyncio's semaphore with a way in that is a plain call, as most find room."""

from __future__ import annotations

import asyncio
from collections import deque


class Slots:
    """`take` or `wait`, then `release`. Who waits is served first come, first served, before any `take`."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: deque[asyncio.Future[None]] = deque()

    def take(self) -> bool:
        """Whether there was one free: it is the caller's now."""
        if self._free <= 0:
            return False
        self._free -= 1
        return True

    async def wait(self) -> None:
        """Until one is the caller's."""
        if self.take():
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                self.release()  # it was given one in the moment in which it gave up
            self._forget_gone()
            raise  # `release` passes over those who gave up behind one who waits

    def _forget_gone(self) -> None:
        """Those in front. Where all have the same patience that is all of them."""
        while self._waiting and self._waiting[0].done():
            self._waiting.popleft()

    def release(self) -> None:
        """To whoever waits longest, else back."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
