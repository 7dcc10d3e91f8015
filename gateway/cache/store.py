"""Answers that are kept, by key, within so many bytes; the one used longest ago goes first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from gateway.cache.rules import Key

_OVERHEAD = 1024
"""Of an entry, in bytes, beside its body: objects, key, header fields."""


@dataclass(slots=True)
class Entry:
    """One answer. Times in seconds of the cache's clock."""

    headers: list[tuple[bytes, bytes]]
    body: bytes
    tag: bytes
    upstream_tag: bytes | None
    """What the service called it; asks whether it still holds."""
    stored: float

    @property
    def size(self) -> int:
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers) + _OVERHEAD


class Store:
    """At most `max_bytes` in all."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes, self.bytes = max_bytes, 0
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._by_path: dict[bytes, set[Key]] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Key) -> Entry | None:
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
        return entry

    def put(self, key: Key, entry: Entry) -> None:
        self.drop(key)
        if entry.size > self.max_bytes:
            return
        self._entries[key] = entry
        self._by_path.setdefault(key.path, set()).add(key)
        self.bytes += entry.size
        while self.bytes > self.max_bytes:
            self.drop(next(iter(self._entries)))

    def drop(self, key: Key) -> None:
        dropped = self._entries.pop(key, None)
        if dropped is None:
            return
        self.bytes -= dropped.size
        of_path = self._by_path[key.path]
        of_path.discard(key)
        if not of_path:
            del self._by_path[key.path]

    def has_path(self, path: bytes) -> bool:
        return path in self._by_path

    def drop_path(self, path: bytes) -> None:
        """All answers under a path, whatever their query, language and form."""
        for key in tuple(self._by_path.get(path, ())):
            self.drop(key)
