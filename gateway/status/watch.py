"""Looks at every process now and then, and remembers since when each has been as it is."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.reading import ask
from gateway.resilience.service import ServiceUpstream
from gateway.status.rules import Calls, Service, State, gateway_of, service_of, worst
from gateway.upstream import Upstream
from services.kit import clock
from services.kit.meanwhile import OneForAll, meanwhile

log = logging.getLogger(__name__)

LOOK_SECONDS = 4.0
"""A process that has not said how it is by then does not answer."""
FRESH_SECONDS = 5.0
KEPT_CHANGES = 50


@dataclass(frozen=True, slots=True)
class Change:
    """A service became something else than it was."""

    at: datetime
    service: str
    was: State
    now: State


@dataclass(frozen=True, slots=True)
class Report:
    """What people are shown. `since` is by service; this process has not seen anything earlier."""

    at: datetime
    state: State
    services: tuple[Service, ...]
    since: Mapping[str, datetime]
    changes: tuple[Change, ...]


class StatusWatch:
    """`own` is the gateway's own `/readyz`; `counters` says how rate limits are counted at present."""

    def __init__(
        self,
        services: Mapping[str, ServiceUpstream],
        *,
        own: Callable[[], Awaitable[dict[str, Any]]],
        counters: Callable[[], str],
    ) -> None:
        self._services, self._own, self._counters = services, own, counters
        self._report: Report | None = None
        self._looking = OneForAll(self._look)
        self._since: dict[str, tuple[State, datetime]] = {}
        self._changes: deque[Change] = deque(maxlen=KEPT_CHANGES)

    async def report(self) -> Report:
        """Not older than a few seconds, however many ask."""
        known = self._report
        if known is not None and (clock.now() - known.at).total_seconds() < FRESH_SECONDS:
            return known
        return await self.look()

    async def look(self) -> Report:
        """Asks every process now; those who ask meanwhile share the answer."""
        return await self._looking()

    @contextlib.asynccontextmanager
    async def running(self, *, every_seconds: float) -> AsyncIterator[None]:
        """Looks for as long as the block lasts, so that «since» is right when somebody asks."""

        async def repeat() -> None:
            while True:
                await asyncio.sleep(every_seconds)
                try:
                    await self.look()
                except Exception as error:  # whatever it was, nobody would start this task again
                    log.warning("status watch: %r", error)

        try:
            async with meanwhile(repeat()):
                yield
        finally:
            await self._looking.stop()

    async def _look(self) -> Report:
        asked = (_ask(name, upstream.direct()) for name, upstream in self._services.items())
        own, *answers = await asyncio.gather(self._own(), *asked)
        said = dict(zip(self._services, answers, strict=True))
        newest = {name: each["feed"]["position"] for name, each in said.items() if each and "feed" in each}
        found = (
            gateway_of(own, counters=self._counters()),
            *(service_of(name, said[name], _calls(each), newest) for name, each in self._services.items()),
        )
        self._report = self._noted(found, clock.now())
        return self._report

    def _noted(self, found: tuple[Service, ...], now: datetime) -> Report:
        for service in found:
            was = self._since.get(service.name)
            if was is None or was[0] is not service.state:
                self._since[service.name] = service.state, now
                if was is not None:
                    self._changes.appendleft(Change(now, service.name, was[0], service.state))
        return Report(
            at=now,
            state=worst(service.state for service in found),
            services=found,
            since={name: since for name, (_, since) in self._since.items()},
            changes=tuple(self._changes),
        )


def _calls(upstream: ServiceUpstream) -> Calls:
    seen = upstream.snapshot()
    return Calls(str(seen.breaker), seen.instances, seen.ejected)


async def _ask(name: str, upstream: Upstream) -> dict[str, Any] | None:
    """A service's own word, also where it says that it cannot work; None where it says nothing."""
    said = await ask(name, upstream, b"/readyz", seconds=LOOK_SECONDS, level=logging.INFO)
    return said[1] if said is not None and said[0] in (200, 503) and "status" in said[1] else None
