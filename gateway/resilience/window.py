"""Counting what happened in the last seconds, in a handful of slices. Pure: the caller says what time it is."""

from __future__ import annotations


class RollingCount:
    """How often something happened in the last `seconds`; old slices fall off one at a time."""

    __slots__ = ("_counts", "_slice", "_slice_seconds", "_total")

    def __init__(self, seconds: float, *, slices: int = 10) -> None:
        self._slice_seconds = seconds / slices
        self._counts = [0] * slices
        self._slice = 0
        self._total = 0

    def add(self, now: float) -> None:
        """Counts one at `now`, in seconds of a clock that never goes back."""
        if int(now / self._slice_seconds) != self._slice:
            self._move(now)
        self._counts[self._slice % len(self._counts)] += 1
        self._total += 1

    def total(self, now: float) -> int:
        self._move(now)
        return self._total

    def clear(self) -> None:
        self._counts = [0] * len(self._counts)
        self._total = 0

    def _move(self, now: float) -> None:
        current, length = int(now / self._slice_seconds), len(self._counts)
        for passed in range(max(self._slice, current - length) + 1, current + 1):
            self._total -= self._counts[passed % length]
            self._counts[passed % length] = 0
        self._slice = max(self._slice, current)
