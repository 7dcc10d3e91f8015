"""Asks each service for its routes when the gateway starts, and goes on asking those that are away.

A service that answers at the start and disagrees with the policy stops the start. One that answers later is too late
for that: its faults are in the log and make the gateway not ready, so that a balancer keeps to those that agree.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager

from gateway.policy.agreement import faults, routes_of_service
from gateway.policy.table import PolicyTable
from gateway.reading import ask
from gateway.upstream import Upstream
from services.kit import configuration
from services.kit.configuration import ConfigurationError
from services.kit.meanwhile import meanwhile
from services.kit.route_list import PATH
from services.kit.telemetry import log

Fetch = Callable[[], Awaitable[Collection[str] | None]]
"""A service's endpoints, `GET /v1/…/{name}`; None while it is away."""
AGAIN_SECONDS = 5.0
FETCH_SECONDS = 5.0


class DisagreementError(ConfigurationError):
    """The policy and the endpoints name different routes; a line for each."""


class Watch:
    """`faults` by service, of those that have answered; `waiting` are the others."""

    def __init__(
        self, policy: PolicyTable, services: Mapping[str, Fetch], *, again_seconds: float = AGAIN_SECONDS
    ) -> None:
        self._policy, self._services, self._again = policy, dict(services), again_seconds
        self.waiting = set(self._services)
        self.faults: dict[str, list[str]] = {}

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Raises DisagreementError at once for services that are there; asks for the others meanwhile."""
        await self._ask()
        if self.faults:
            lines = [line for each in self.faults.values() for line in each]
            raise configuration.refuse(DisagreementError("\n".join(lines)))
        async with meanwhile(self._until_all_answered()):
            yield

    async def _until_all_answered(self) -> None:
        while self.waiting:
            await asyncio.sleep(self._again)
            await self._ask()

    async def _ask(self) -> None:
        await asyncio.gather(*(self._ask_one(name) for name in sorted(self.waiting)))

    async def _ask_one(self, name: str) -> None:
        routes = await self._services[name]()
        if routes is None:
            return
        self.waiting.discard(name)
        found = faults(self._policy, routes_of_service(routes), service=name)
        if found:
            self.faults[name] = found
            log.error("policy_disagrees", service=name, faults=found)


async def fetch_routes(name: str, upstream: Upstream) -> list[str] | None:
    """What the service itself says; None where it does not in time."""
    said = await ask(name, upstream, PATH.encode(), seconds=FETCH_SECONDS)
    if said is None or said[0] != 200:
        return None
    return [str(each) for each in said[1].get("routes", ())]
