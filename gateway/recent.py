"""What happened of late, by name, for as long as a token of before it may still hold. In memory, and bounded."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Generic, TypeVar

from services.kit.telemetry import log
from services.kit.tokens import LEEWAY_SECONDS

V = TypeVar("V")
MOST = 100_000
"""Names that are remembered: some 20 MB."""
CLOCKS = timedelta(minutes=1)
"""How far the clocks of two gateways may be apart."""


class Recent(Generic[V]):
    """Beyond `most` names the oldest is forgotten, which the log tells as `overflow`."""

    def __init__(self, *, token_lifetime: timedelta, most: int, overflow: str) -> None:
        self.keep = token_lifetime + timedelta(seconds=LEEWAY_SECONDS) + CLOCKS
        self.most, self._overflow = most, overflow
        self._kept: dict[str, tuple[V, float]] = {}

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
        self._kept[name] = value, time.monotonic() + self.keep.total_seconds()
        if len(self._kept) > self.most:
            del self._kept[next(iter(self._kept))]
            log.warning(self._overflow, most=self.most)

    def forget_before(self, moment: float) -> None:
        """What has become old by `moment`, a time of the monotonic clock."""
        while self._kept and (oldest := next(iter(self._kept))) and self._kept[oldest][1] < moment:
            del self._kept[oldest]
