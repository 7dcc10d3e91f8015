"""The directory of routes answers as asking every route in turn would."""

from __future__ import annotations

import re
from importlib import import_module

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Match
from starlette.types import Scope

from infra.process_table import PROCESSES, ProcessSpec
from services.kit.directory import Directory, include
from services.kit.signing import KeyRing

SERVICES = PROCESSES[1:]


@pytest.mark.parametrize("spec", SERVICES, ids=lambda spec: spec.name)
def test_every_route_of_a_service_is_found_as_in_turn(
    spec: ProcessSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    prefix = f"STEPPE_{spec.name.upper()}"
    monkeypatch.setenv(f"{prefix}_DATABASE_URL", "postgresql+asyncpg://nobody@/nothing")
    for name in ("RECEIPT_KEYS", "LOG_KEY"):
        monkeypatch.setenv(f"{prefix}_{name}", KeyRing.generate())
    module, _, factory = spec.application.partition(":")
    app: FastAPI = getattr(import_module(module), factory)()
    directory = app.router.routes[0]
    assert isinstance(directory, Directory)
    all_routes = [each.original_route for each in iter_route_contexts(app.router.routes[1:])]
    routes = [each for each in all_routes if isinstance(each, APIRoute)]
    assert len(routes) > 20
    for route in routes:
        for method in route.methods or ():
            path = re.sub(r"\{\w+:path\}", "a/b", route.path)
            path = re.sub(r"\{\w+\}", "0", path)
            scope: Scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
            in_turn = next(each for each in routes if each.matches(scope)[0] is Match.FULL)
            match, found = directory.matches(scope)
            known = None if ":path}" in in_turn.path else in_turn
            assert found.get("route") is known, f"{method} {path}"
            assert match is (Match.NONE if known is None else Match.FULL)


def application() -> FastAPI:
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    things, early, files = APIRouter(prefix="/v1/kit/things"), APIRouter(), APIRouter(prefix="/v1/kit/files")

    @things.get("/{number}")
    async def read(number: str) -> str:
        return f"thing {number}"

    @things.get("/special")
    async def hidden() -> str:
        return "never: the other was given first"

    @things.post("/special")
    async def special() -> str:
        return "special"

    @early.get("/v1/{kind}/all")
    async def every(kind: str) -> str:
        return f"all {kind}"

    @files.get("/{name:path}")
    async def file(name: str) -> str:
        return f"file {name}"

    include(app, (things, early, files))
    return app


@pytest.mark.parametrize(
    ("method", "path", "status", "said"),
    [
        ("GET", "/v1/kit/things/7", 200, "thing 7"),
        ("GET", "/v1/kit/things/special", 200, "thing special"),
        ("POST", "/v1/kit/things/special", 200, "special"),
        ("GET", "/v1/kit/things/a%20b", 200, "thing a b"),
        ("GET", "/v1/steppe/all", 200, "all steppe"),
        ("GET", "/v1/kit/files/a/b/c", 200, "file a/b/c"),
        ("DELETE", "/v1/kit/things/7", 405, None),
        ("GET", "/v1/kit/things/7/8", 404, None),
        ("GET", "/v1/kit/things/", 404, None),
        ("GET", "/v1/kit/nothing", 404, None),
        ("GET", "", 404, None),
    ],
)
async def test_what_it_does_not_know_is_asked_in_turn(
    method: str, path: str, status: int, said: str | None
) -> None:
    transport = httpx.ASGITransport(application())
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        answer = await client.request(method, path)
    assert answer.status_code == status
    assert said is None or answer.json() == said
