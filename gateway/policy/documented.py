"""The policy in the OpenAPI document, so that a caller reads in one place how a route is treated. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from gateway.policy.rules import RoutePolicy


def with_policy(document: dict[str, Any], policy: Iterable[RoutePolicy]) -> dict[str, Any]:
    """The document (changed in place) with `x-steppe-…` members on each operation that the policy names."""
    for route in policy:
        operation = document.get("paths", {}).get(route.documented_path, {}).get(route.method.lower())
        if operation is not None:
            operation.update(members(route))
    return document


def members(route: RoutePolicy) -> dict[str, Any]:
    """What the policy says of a route; sizes in bytes, times in seconds."""
    stated: dict[str, Any] = {
        "x-steppe-audience": sorted(route.audience),
        "x-steppe-scopes": sorted(route.scopes),
        "x-steppe-rate-class": route.rate.value,
        "x-steppe-max-body-bytes": route.max_body_bytes,
        "x-steppe-timeout-seconds": route.timeout_seconds,
        "x-steppe-unpublished": route.unpublished,
    }
    if route.cache is not None:
        stated["x-steppe-cache"] = {
            "max_age": route.cache.max_age,
            "stale_while_revalidate": route.cache.stale_while_revalidate,
            "stale_if_error": route.cache.stale_if_error,
        }
    return stated
