"""Starting with a route that has no policy, or a policy with no route, is an error that names every fault."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from gateway.app import create_app
from gateway.merge import METHODS
from gateway.policy.agreement import faults, routes_of_service
from gateway.policy.loading import SHIPPED, load, parse
from gateway.policy.table import PolicyTable
from gateway.policy.watch import DisagreementError, Watch
from gateway.sealing import Seal
from gateway.settings import GatewaySettings
from services.kit.configuration import EXIT_CODE
from services.kit.settings import SharedSettings
from services.kit.signing import KeyRing
from tests.support.town import Town

OWN = '"GET /v1/auth/me"'


def table(*keys: str) -> PolicyTable:
    route = {"audience": ["public"], "rate": "reads"}
    return parse({"defaults": {"max_body_kib": 1, "timeout": 1}, "routes": dict.fromkeys(keys, route)})


def listed(*keys: str) -> list[str]:
    """What a service says of its endpoints."""
    return ["GET /healthz", "GET /routes.json", *keys]


def routes_of_document(document: dict[str, Any]) -> set[str]:
    return {
        f"{method.upper()} {path}"
        for path, item in document["paths"].items()
        for method in item
        if method in METHODS
    }


class TestFaults:
    def test_both_sides_are_named(self) -> None:
        policy = table("GET /v1/waste/a", "GET /v1/waste/b/{n:path}", "GET /v1/permits/x")
        found = faults(
            policy, routes_of_service(listed("GET /v1/waste/b/{n}", "POST /v1/waste/c")), service="waste"
        )
        assert [line.partition(":")[0] for line in found] == ["GET /v1/waste/a", "POST /v1/waste/c"]
        assert "no such route in waste" in found[0]
        assert "no policy for it" in found[1]

    def test_a_variable_by_another_name_is_another_route(self) -> None:
        found = faults(
            table("GET /v1/waste/{a}"), routes_of_service(listed("GET /v1/waste/{b}")), service="waste"
        )
        assert len(found) == 2

    async def test_the_policy_that_ships_names_the_routes_of_all_services(self, town: Town) -> None:
        for service in ("permits", "waste", "credit", "emergency"):
            client = await town.direct(service)
            found = routes_of_service((await client.get("/routes.json")).json()["routes"])
            assert faults(load(), found, service=service) == []
            assert routes_of_document((await client.get("/openapi.json")).json()) == found


def changed(folder: Path, old: str, new: str) -> Path:
    """The policy that ships with one text changed."""
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    file = folder / "policy.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


class TestTheGatewayItself:
    def settings(self, file: Path) -> GatewaySettings:
        nowhere = "postgresql+asyncpg://nowhere/nothing"
        return GatewaySettings(
            database_url=nowhere,
            token_keys=KeyRing.generate(),
            secret=Seal.generate(),
            policy_file=file,
        )

    def test_it_does_not_start_with_a_route_that_has_no_policy_and_names_all(self, tmp_path: Path) -> None:
        file = changed(tmp_path, OWN, '"GET /v1/auth/you"')
        with pytest.raises(DisagreementError) as refusal:
            create_app(self.settings(file), SharedSettings())
        lines = str(refusal.value).splitlines()
        assert [line.partition(":")[0] for line in lines] == ["GET /v1/auth/me", "GET /v1/auth/you"]

    def test_the_process_ends_with_78_and_says_why(self, tmp_path: Path) -> None:
        file = changed(tmp_path, OWN, '"GET /v1/auth/you"')
        environment = {
            **os.environ,
            "STEPPE_GATEWAY_DATABASE_URL": "postgresql+asyncpg://nowhere/nothing",
            "STEPPE_GATEWAY_TOKEN_KEYS": KeyRing.generate(),
            "STEPPE_GATEWAY_SECRET": Seal.generate(),
            "STEPPE_GATEWAY_POLICY_FILE": str(file),
        }
        done = subprocess.run(
            [sys.executable, "-c", "from infra.serve import main; main(['gateway'])"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == EXIT_CODE == 78, done.stderr
        assert "GET /v1/auth/me" in done.stderr
        assert "Traceback" not in done.stderr


class NoRoutes(BaseHTTPRequestHandler):
    """A service that has no routes at all."""

    def do_GET(self) -> None:
        body = b'{"routes": []}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_a_service_that_answers_with_other_routes_ends_the_process_with_78() -> None:
    server = HTTPServer(("127.0.0.1", 0), NoRoutes)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    environment = {
        **os.environ,
        "STEPPE_GATEWAY_DATABASE_URL": "postgresql+asyncpg://nowhere/nothing",
        "STEPPE_GATEWAY_TOKEN_KEYS": KeyRing.generate(),
        "STEPPE_GATEWAY_SECRET": Seal.generate(),
        "STEPPE_GATEWAY_PORT": "0",
        "STEPPE_WASTE_URL": f"http://127.0.0.1:{server.server_port}",
        **{f"STEPPE_{name}_URL": "http://127.0.0.1:9" for name in ("PERMITS", "CREDIT", "EMERGENCY")},
    }
    try:
        done = subprocess.run(
            [sys.executable, "-c", "from infra.serve import main; main(['gateway'])"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert done.returncode == 78, done.stdout + done.stderr
    assert "policy_disagrees" in done.stdout
    assert "GET /v1/waste/manifests: " in done.stderr


class TestWatch:
    async def test_a_service_that_disagrees_at_the_start_stops_it(self) -> None:
        async def answers() -> list[str]:
            return listed("GET /v1/waste/b")

        watch = Watch(table("GET /v1/waste/a"), {"waste": answers})
        with pytest.raises(DisagreementError, match="GET /v1/waste/a"):
            async with watch.running():
                pytest.fail("it started")

    async def test_a_service_that_is_away_is_asked_again_and_a_fault_makes_it_unready(self) -> None:
        answered: list[list[str] | None] = [None, None, listed("GET /v1/waste/b")]
        asked = asyncio.Event()

        async def answers() -> list[str] | None:
            if len(answered) == 1:
                asked.set()
            return answered.pop(0)

        watch = Watch(table("GET /v1/waste/a"), {"waste": answers}, again_seconds=0.001)
        async with watch.running():
            assert (watch.waiting, watch.faults) == ({"waste"}, {})
            await asked.wait()
            await asyncio.sleep(0)
            assert watch.waiting == set()
            assert len(watch.faults["waste"]) == 2

    async def test_all_agree_and_nobody_is_asked_again(self, town: Town) -> None:
        async def answers() -> list[str]:
            return listed("GET /v1/waste/a")

        watch = Watch(table("GET /v1/waste/a"), {"waste": answers})
        async with watch.running():
            assert (watch.waiting, watch.faults) == (set(), {})

    async def test_the_gateway_is_ready_only_while_it_agrees(self, town: Town) -> None:
        watch = own_kit(town).watch
        assert (watch.waiting, watch.faults) == (set(), {})
        assert (await town.public.get("/readyz")).status_code == 200
        watch.faults["waste"] = ["GET /v1/waste/new: no policy"]
        try:
            answer = await town.public.get("/readyz")
        finally:
            watch.faults.clear()
        assert (answer.status_code, answer.json()["policy"]["waste"]) == (
            503,
            ["GET /v1/waste/new: no policy"],
        )


def own_kit(town: Town) -> Any:
    """The gateway's kit, out of the layers around it."""
    return town.stack.apps["gateway"].app.own.state.kit


async def test_the_document_says_how_each_route_is_treated(town: Town) -> None:
    paths = (await town.public.get("/openapi.json")).json()["paths"]
    submit = paths["/v1/permits/reports"]["post"]
    assert submit["x-steppe-audience"] == ["enterprise", "system"]
    assert submit["x-steppe-scopes"] == ["permits:submit"]
    assert submit["x-steppe-rate-class"] == "submissions"
    assert submit["x-steppe-max-body-bytes"] == 1024 * 1024
    assert submit["x-steppe-timeout-seconds"] == 30
    assert submit["x-steppe-unpublished"] is False
    assert paths["/v1/waste/licences/{licence_number}"]["get"]["x-steppe-unpublished"] is True
    assert paths["/v1/purposes"]["get"]["x-steppe-cache"]["max_age"] == 60
    assert all("x-steppe-audience" in operation for item in paths.values() for operation in item.values())
