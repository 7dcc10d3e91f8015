"""Whether the policy and the endpoints name the same routes: an endpoint without a line could be called by nobody, a
line without an endpoint hides a mistake in one of the two. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from gateway.merge import LEFT_OUT, METHODS
from gateway.policy.rules import RoutePolicy
from services.kit.directory import Directory

SERVED_BUT_NOT_DOCUMENTED = frozenset({"HEAD", "OPTIONS"})


def faults(policy: Iterable[RoutePolicy], found: Collection[str], *, service: str) -> list[str]:
    """A line for each route of `service` that only one side knows; `found` are its endpoints, `GET /v1/…/{name}`."""
    stated = {f"{route.method} {route.documented_path}" for route in policy if route.service == service}
    missing = [f"{key}: {service} 有此接口而策略没有 · no policy for it" for key in {*found} - stated]
    idle = [
        f"{key}: 策略有此行而 {service} 没有此接口 · no such route in {service}" for key in stated - {*found}
    ]
    return sorted([*missing, *idle])


def routes_of_document(document: Mapping[str, Any]) -> set[str]:
    """The endpoints that a service's OpenAPI document names, without those that the gateway answers itself."""
    return {
        f"{method.upper()} {path}"
        for path, item in document.get("paths", {}).items()
        if path not in LEFT_OUT
        for method in item
        if method in METHODS
    }


def routes_of_application(routes: Iterable[Any]) -> set[str]:
    """The endpoints of a FastAPI application, those too that its document leaves out."""
    return {f"{method} {path.replace(':path}', '}')}" for method, path in _flat(routes)}


def routes_of_service(routes: Iterable[Any]) -> set[str]:
    """What `routes_of_document` finds in the document of a service's application, without making that."""
    return {key for key in routes_of_application(routes) if key.partition(" ")[2] not in LEFT_OUT}


def _flat(routes: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for route in routes:
        included = getattr(
            route, "original_router", None
        )  # FastAPI keeps routers whole, and so far without prefixes
        if included is not None:
            yield from _flat(included.routes)
        elif not isinstance(route, Directory):  # what it finds is among the others
            yield from ((method, route.path) for method in route.methods - SERVED_BUT_NOT_DOCUMENTED)
