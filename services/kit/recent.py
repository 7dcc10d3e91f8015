"""What happened of late, by name, for as long as a token of before it may still hold. In memory, and bounded."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Generic, TypeVar

from services.kit import draining
from services.kit.telemetry import log

LEEWAY_SECONDS = 5
"""How far a token may be past its end, for clocks that differ."""

V = TypeVar("V")
MOST = 100_000
"""Names that are remembered: some 20 MB."""
CLOCKS = timedelta(minutes=1)
"""How far the clocks of two gateways may be apart."""


class Journal:
    """In which order this process heard of things, and a bell for those who wait to hear more.

    A position is `{process}.{number}`: one of another process, or of this one before it began anew, is the beginning.
    """

    def __init__(self) -> None:
        self._process, self._last = secrets.token_hex(8), 0
        self._rung = asyncio.Event()

    @property
    def position(self) -> str:
        return f"{self._process}.{self._last}"

    def number_of(self, position: str) -> int:
        process, _, number = position.rpartition(".")
        return int(number) if process == self._process and number.isascii() and number.isdecimal() else 0

    def next(self) -> int:
        self._last += 1
        self._rung.set()
        self._rung = asyncio.Event()
        return self._last

    async def moved_past(self, position: str, *, seconds: float) -> None:
        """Returns when there is something behind `position`, or `seconds` have passed, or the process is to end."""
        deadline = time.monotonic() + seconds
        while (
            self.position == position and not draining.begun() and (left := deadline - time.monotonic()) > 0
        ):
            try:
                await asyncio.wait_for(self._rung.wait(), min(left, 1.0))
            except TimeoutError:
                continue


class Recent(Generic[V]):
    """Beyond `most` names the oldest is forgotten, which the log tells as `overflow`."""

    def __init__(
        self, *, token_lifetime: timedelta, most: int, overflow: str, journal: Journal | None = None
    ) -> None:
        self.keep = token_lifetime + timedelta(seconds=LEEWAY_SECONDS) + CLOCKS
        self.most, self._overflow = most, overflow
        self._journal = journal or Journal()
        self._kept: dict[str, tuple[V, float, int]] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._kept

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, name: str) -> V | None:
        known = self._kept.get(name)
        return known[0] if known is not None else None

    def put(self, name: str, value: V) -> None:
        """It happened just now."""
        self._kept.pop(name, None)  # it goes to the end: the oldest stand first
        self._kept[name] = value, time.monotonic() + self.keep.total_seconds(), self._journal.next()
        if len(self._kept) > self.most:
            del self._kept[next(iter(self._kept))]
            log.warning(self._overflow, most=self.most)

    def after(self, number: int) -> Iterator[tuple[str, V]]:
        """What was put after this number of the journal, the newest first."""
        for name in reversed(self._kept):
            value, _, at = self._kept[name]
            if at <= number:
                return
            yield name, value

    def forget_before(self, moment: float) -> None:
        """What has become old by `moment`, a time of the monotonic clock."""
        while self._kept and (oldest := next(iter(self._kept))) and self._kept[oldest][1] < moment:
            del self._kept[oldest]
