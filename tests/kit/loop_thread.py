"""An event loop of its own in a thread, for tests that are not coroutines themselves (Hypothesis state machines)."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Self, TypeVar

Answer = TypeVar("Answer")


class LoopThread:
    """`run` is a plain call: it waits in this thread while the coroutine works in the other."""

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def run(self, work: Coroutine[Any, Any, Answer], *, seconds: float = 300) -> Answer:
        """The coroutine's answer or exception; TimeoutError for one that hangs."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
