"""Where requests are counted: in this process, or in a Redis or Valkey that several gateways share."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import replace
from math import ceil
from typing import Protocol

from limits.aio.storage import RedisStorage
from limits.aio.storage.redis.redispy import RedispyBridge
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from gateway.limits.rules import Quota, Reading, has_room, read
from gateway.limits.windows import Windows

log = logging.getLogger(__name__)

ANSWER_SECONDS = 0.25
"""What a request waits for the shared store at most."""
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
        self._windows = windows or Windows()

    async def hit(self, key: str, quota: Quota, *, guarded: bool = False) -> Reading:
        return self._windows.hit(key, quota)

    async def look(self, key: str, quota: Quota, *, guarded: bool = False) -> Reading:
        return self._windows.look(key, quota)

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
        self._storage = RedisStorage(
            url,
            implementation="redispy",
            key_prefix="steppe:limits",
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),  # type: ignore[arg-type]
        )
        self._gateways = gateways
        self._alone = windows or Windows()
        self._alone_until = 0.0

    async def hit(self, key: str, quota: Quota, *, guarded: bool = False) -> Reading:
        if time.monotonic() >= self._alone_until:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    allowed = await self._storage.acquire_sliding_window_entry(
                        key, quota.amount, quota.window
                    )
                    return await self._reading(key, quota, allowed=allowed)
            except (RedisError, OSError) as error:  # TimeoutError is an OSError
                self._leave_alone(error)
        return self._alone.hit(key, self._share(quota) if guarded else quota)

    async def look(self, key: str, quota: Quota, *, guarded: bool = False) -> Reading:
        if time.monotonic() >= self._alone_until:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):
                    return await self._reading(key, quota)
            except (RedisError, OSError) as error:
                self._leave_alone(error)
        return self._alone.look(key, self._share(quota) if guarded else quota)

    async def close(self) -> None:
        if isinstance(self._storage.bridge, RedispyBridge):
            await self._storage.bridge.storage.aclose()

    @property
    def standing(self) -> str:
        return "alone" if time.monotonic() < self._alone_until else "shared"

    async def _reading(self, key: str, quota: Quota, *, allowed: bool | None = None) -> Reading:
        previous, previous_left, current, current_left = await self._storage.get_sliding_window(
            key, quota.window
        )
        # The store keeps a count for the window after its own as well: that is how long the present one goes on.
        left = max(0.0, current_left - quota.window) if current_left else previous_left
        if allowed is None:
            allowed = has_room(quota, previous, current, left)
        return read(quota, previous, current, left, allowed=allowed)

    def _share(self, quota: Quota) -> Quota:
        return replace(quota, amount=ceil(quota.amount / self._gateways))

    def _leave_alone(self, error: Exception) -> None:
        log.warning("shared limits do not answer, counting alone for %s s: %r", PAUSE_SECONDS, error)
        self._alone_until = time.monotonic() + PAUSE_SECONDS


def open_counters(url: str | None, *, gateways: int = 1) -> Counters:
    """Shared where there is a URL (`redis://`, `rediss://`, `unix://`), else this process's own."""
    return SharedCounters(url, gateways=gateways) if url else LocalCounters()
