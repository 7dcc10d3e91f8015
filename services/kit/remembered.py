"""A bounded memory of what never changes: versions of records that the database refuses to touch."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """The last `most` that were asked for. Only for what is committed, and is the same for everybody who may ask."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._reading: dict[K, asyncio.Event] = {}

    def get(self, name: K) -> V | None:
        value = self._kept.get(name)
        if value is not None:
            self._kept.move_to_end(name)
        return value

    def keep(self, name: K, value: V) -> None:
        self._kept[name] = value
        self._kept.move_to_end(name)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    async def get_or_read(self, name: K, read: Callable[[], Awaitable[V]]) -> V:
        """What is kept, or what `read` gives: of many who ask at once one reads, the next where that one failed.

        `read` waits for nobody who may ask, as a plain SELECT does: those who wait hold what they hold meanwhile.
        """
        while (value := self.get(name)) is None:
            others = self._reading.get(name)
            if others is None:
                return await self._read(name, read)
            await others.wait()
        return value

    async def _read(self, name: K, read: Callable[[], Awaitable[V]]) -> V:
        done = self._reading[name] = asyncio.Event()
        try:
            value = await read()
            self.keep(name, value)
            return value
        finally:
            del self._reading[name]
            done.set()
