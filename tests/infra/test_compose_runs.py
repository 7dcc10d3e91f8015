"""What docker-compose.yml starts, started: the same commands with the same environment, without an engine."""

from __future__ import annotations

import asyncio
import base64
import json
import shlex
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from subprocess import run
from typing import Any

import asyncpg
import httpx
import pytest

from infra.local.binaries import program, run_as
from infra.local.ports import free_port
from infra.process_table import PROCESSES as PROCESS_TABLE
from infra.secrets_cli import main as make_secrets
from tests.infra.compose_file import PROCESSES, resolved
from tests.infra.composition import Composition
from tests.infra.password_postgres import password_postgres
from tests.infra.support import eventually

pytestmark = pytest.mark.stack
PUBLIC = "https://steppe.example"
PASSWORD = "synthetic-password"
SERVICES = PROCESSES[1:]


@pytest.fixture
def composition(tmp_path: Path) -> Iterator[Composition]:
    """A database as the service `db` says it, the secrets of an installation, and nothing started yet."""
    secrets = tmp_path / "secrets"
    document = resolved({"STEPPE_SECRETS": str(secrets), "STEPPE_PUBLIC_URL": PUBLIC})
    database = document["services"]["db"]["environment"]
    given = tmp_path / "password"
    given.write_text("given-by-hand/+@\n", encoding="utf-8")
    with password_postgres(
        tmp_path / "postgres",
        user=database["POSTGRES_USER"],
        password=given.read_text(encoding="utf-8").strip(),
        initdb_arguments=shlex.split(database["POSTGRES_INITDB_ARGS"]),
    ) as port:
        asked = document["services"]["db"]["healthcheck"]["test"][1:]
        surroundings: Any = run_as(None)
        surroundings["env"]["PGPORT"] = str(port)
        assert eventually(
            lambda: run([program(asked[0]), *asked[1:]], check=False, **surroundings).returncode == 0
        )
        where = ["--database-host", "127.0.0.1", "--database-port", str(port)]
        assert make_secrets([str(secrets), *where, "--database-password-file", str(given)]) == 0
        gateway_port = free_port()
        ports = {spec.name: gateway_port + spec.port_offset for spec in PROCESS_TABLE}
        (tmp_path / "containers").mkdir()
        made = Composition(tmp_path / "containers", document, ports)
        try:
            yield made
        finally:
            made.stop()


def migrate(composition: Composition, *, says: str) -> None:
    answer = composition.job("migrate")
    assert answer.returncode == 0, answer.stderr
    assert [line for line in answer.stdout.splitlines() if says in line and "database" in line], answer.stdout


def start_all(composition: Composition) -> None:
    for name in PROCESSES:
        composition.start(name)
    for name in PROCESSES:
        assert eventually(partial(composition.healthy, name), seconds=60), name


def sign_in(client: httpx.Client) -> str:
    form = {"grant_type": "password", "username": "clerk1", "password": PASSWORD}
    answer = client.post("/v1/auth/token", data=form)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def refusal(url: str) -> str:
    """How the server refuses a connection: the name of its error."""
    try:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    except asyncpg.PostgresError as error:
        return type(error).__name__
    await connection.close()
    return "none"


def test_what_the_file_names_comes_up_serves_the_first_account_and_ends_in_order(
    composition: Composition,
) -> None:
    migrate(composition, says="created")
    migrate(composition, says="up to date")
    start_all(composition)

    add = ["steppe", "account", "add", "clerk1", "--name", "王受理", "--role", "clerk"]
    added = composition.run("gateway", *add, stdin=f"{PASSWORD}\n")
    assert added.returncode == 0, added.stderr
    gateway = composition.environment("gateway")
    with httpx.Client(
        base_url=f"http://127.0.0.1:{gateway['STEPPE_GATEWAY_PORT']}", trust_env=False, timeout=20
    ) as client:
        token = sign_in(client)
        assert issuer_of(token) == PUBLIC
        for service, path in {"permits": "/v1/permits/permits", **feeds()}.items():
            headers = {"Authorization": f"Bearer {token}", "Steppe-Purpose": "supervision"}
            answer = client.get(path, headers=headers)
            assert answer.status_code == 200, (service, answer.text)
        document = client.get("/openapi.json").json()
        named = {path.split("/")[2] for path in document["paths"] if path.startswith("/v1/")}
        assert named >= set(SERVICES)

    # A service holds the key to its own database only, and that one opens no other.
    url = (composition.folder / "permits" / "secrets" / "steppe_permits_database_url").read_text()
    assert asyncio.run(refusal(url)) == "none"
    foreign = url.removesuffix("steppe_permits") + "steppe_waste"
    assert asyncio.run(refusal(foreign)) == "InsufficientPrivilegeError"
    assert asyncio.run(refusal(url.replace("steppe_permits:", "steppe_permits:x"))) == "InvalidPasswordError"

    assert composition.stop() == dict.fromkeys(PROCESSES, 0)
    assert composition.written() == []


def feeds() -> dict[str, str]:
    return {service: f"/v1/{service}/events" for service in SERVICES if service != "permits"}


def issuer_of(token: str) -> Any:
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))["iss"]
