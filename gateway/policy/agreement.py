"""Whether the policy and the endpoints name the same routes: an endpoint without a line could be called by nobody, a
line without an endpoint hides a mistake in one of the two. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from gateway.merge import LEFT_OUT
from gateway.policy.rules import RoutePolicy


def faults(policy: Iterable[RoutePolicy], found: Collection[str], *, service: str) -> list[str]:
    """A line for each route of `service` that only one side knows; `found` are its endpoints, `GET /v1/…/{name}`."""
    stated = {f"{route.method} {route.documented_path}" for route in policy if route.service == service}
    missing = [f"{key}: {service} 有此接口而策略没有 · no policy for it" for key in {*found} - stated]
    idle = [
        f"{key}: 策略有此行而 {service} 没有此接口 · no such route in {service}" for key in stated - {*found}
    ]
    return sorted([*missing, *idle])


def routes_of_service(routes: Iterable[str]) -> set[str]:
    """Of all endpoints of a service those that callers reach, without what the gateway answers itself."""
    return {key for key in routes if key.partition(" ")[2] not in LEFT_OUT}
