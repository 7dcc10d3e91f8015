"""Where requests are counted: in this process, or in a Redis or Valkey that several gateways share."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from math import ceil
from typing import Protocol

from gateway.limits.rules import Quota, Reading, has_room, read
from gateway.limits.store import Counted, SharedStore, StoreAwayError
from gateway.limits.windows import Windows

log = logging.getLogger(__name__)

PAUSE_SECONDS = 2.0
"""How long a store that failed is left alone."""


class Counters(Protocol):
    """Counts by key. `guarded`: while the shared store is away, only this gateway's share is given."""

    async def hit(self, key: str, quota: Quota, *, guarded: bool = False) -> Reading:
        """Counts one request where it fits."""

    async def look(self, key: str, quota: Quota, *, guarded: bool = False) -> Reading:
        """Without counting."""

    async def close(self) -> None: ...

    @property
    def standing(self) -> str:
        """`memory`, `shared`, or `alone` while the shared store is away."""


class LocalCounters:
    """In this process's memory."""

    def __init__(self, windows: Windows | None = None) -> None:
        self.windows = windows or Windows()

    async def hit(self, key: str, quota: Quota, *, guarded: bool = False) -> Reading:
        return self.windows.hit(key, quota)

    async def look(self, key: str, quota: Quota, *, guarded: bool = False) -> Reading:
        return self.windows.look(key, quota)

    async def close(self) -> None:
        return

    @property
    def standing(self) -> str:
        return "memory"


class SharedCounters:
    """In a Redis or Valkey, by the scripts of the `limits` library.

    While it does not answer, this process counts alone: reads and submissions up to their whole quota, as a
    lost counter must not stop a permit; what guards secrets up to the quota divided by the `gateways`.
    """

    def __init__(self, url: str, *, gateways: int = 1, windows: Windows | None = None) -> None:
        self._store = SharedStore(url)
        self._gateways = gateways
        self._alone = windows or Windows()
        self._alone_until = 0.0

    async def hit(self, key: str, quota: Quota, *, guarded: bool = False) -> Reading:
        counted = await self._ask(key, quota, take=True)
        if counted is None:
            return self._alone.hit(key, self._share(quota) if guarded else quota)
        return read(quota, counted.previous, counted.current, counted.left, allowed=counted.taken)

    async def look(self, key: str, quota: Quota, *, guarded: bool = False) -> Reading:
        counted = await self._ask(key, quota, take=False)
        if counted is None:
            return self._alone.look(key, self._share(quota) if guarded else quota)
        allowed = has_room(quota, counted.previous, counted.current, counted.left)
        return read(quota, counted.previous, counted.current, counted.left, allowed=allowed)

    async def close(self) -> None:
        await self._store.close()

    @property
    def standing(self) -> str:
        return "alone" if time.monotonic() < self._alone_until else "shared"

    async def _ask(self, key: str, quota: Quota, *, take: bool) -> Counted | None:
        """None while the store is away."""
        if time.monotonic() < self._alone_until:
            return None
        try:
            return await self._store.ask(key, quota, take=take)
        except StoreAwayError as error:
            self._leave_alone(error)
            return None

    def _share(self, quota: Quota) -> Quota:
        return replace(quota, amount=ceil(quota.amount / self._gateways))

    def _leave_alone(self, error: Exception) -> None:
        log.warning("shared limits do not answer, counting alone for %s s: %r", PAUSE_SECONDS, error)
        self._alone_until = time.monotonic() + PAUSE_SECONDS


def open_counters(url: str | None, *, gateways: int = 1) -> Counters:
    """Shared where there is a URL (`redis://`, `rediss://`, `unix://`), else this process's own."""
    return SharedCounters(url, gateways=gateways) if url else LocalCounters()
