"""Work that goes on beside a block, and calls that many wait for and one makes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Generic, TypeVar

from services.kit.logs import log

T = TypeVar("T")


@asynccontextmanager
async def meanwhile(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Runs the work for the life of the block. Work that broke off before its end is told of in the log."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                log.error("background_work_broke_off", exc_info=ended)


class OneForAll(Generic[T]):
    """A call that is made once for all who ask while it is under way; the leaving of one does not stop it."""

    def __init__(self, call: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._call = call
        self._under_way: asyncio.Task[T] | None = None

    def __call__(self) -> Awaitable[T]:
        if self._under_way is None:
            self._under_way = asyncio.create_task(self._call())
            self._under_way.add_done_callback(self._over)
        return asyncio.shield(self._under_way)

    async def stop(self) -> None:
        """Cancels what is under way."""
        if self._under_way is not None:
            self._under_way.cancel()
            await asyncio.gather(self._under_way, return_exceptions=True)

    def _over(self, _: asyncio.Task[T]) -> None:
        self._under_way = None
