"""A bounded memory of what never changes: versions of records that the database refuses to touch."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """The last `most` that were asked for. Only for what is committed, and is the same for everybody who may ask."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()

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
