"""`/routes.json`: the endpoints of a process, `GET /v1/…/{name}`, for whoever has to know that they are there.

The OpenAPI document names them too, but making it takes seconds of a core (permits), and who starts has to wait for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import APIRouter, Request

from services.kit.directory import Directory

PATH = "/routes.json"
SERVED_BUT_NOT_DOCUMENTED = frozenset({"HEAD", "OPTIONS"})


def route_list_router() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get(PATH)
    async def route_list(request: Request) -> dict[str, list[str]]:
        return {"routes": sorted(routes_of_application(request.app.routes))}

    return router


def routes_of_application(routes: Iterable[Any]) -> set[str]:
    """The endpoints of a FastAPI application, those too that its document leaves out."""
    return {f"{method} {path.replace(':path}', '}')}" for method, path in _flat(routes)}


def _flat(routes: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for route in routes:
        # FastAPI keeps routers whole, and so far without prefixes.
        included = getattr(route, "original_router", None)
        if included is not None:
            yield from _flat(included.routes)
        elif not isinstance(route, Directory):  # what it finds is among the others
            yield from ((method, route.path) for method in route.methods - SERVED_BUT_NOT_DOCUMENTED)
