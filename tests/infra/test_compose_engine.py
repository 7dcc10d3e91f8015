"""What docs/operations/compose.md says, followed to the letter on a Docker with Compose.

Asks for one, and for the base images by the document's own variables: `python -m pytest -m engine`.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from infra.local.ports import free_port
from infra.process_table import PROCESSES
from tests.infra.support import ROOT, eventually

pytestmark = pytest.mark.engine
PASSWORD = "synthetic-password"
NAMES = [spec.name for spec in PROCESSES]
DOCUMENT = (ROOT / "docs/operations/compose.md").read_text(encoding="utf-8")
START, ACCOUNTS = re.findall(r"^```\n(.*?)^```", DOCUMENT, re.M | re.S)[:2]
COMPOSE = "docker compose -f docker-compose.yml -f infra/observability/docker-compose.yml"


class Installation:
    """A checkout's files in a folder, and what is started from it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._environment = {
            **os.environ,
            "COMPOSE_PROJECT_NAME": "steppe-trial",
            "STEPPE_PORT": str(self.port),
            "STEPPE_ACCOUNT_PASSWORD": PASSWORD,
        }

    def run(self, command: str) -> str:
        """What a command of the shell prints; AssertionError with all of it where it fails."""
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.folder,
            env=self._environment,
            input=PASSWORD,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    def states(self) -> dict[str, str]:
        """Service → `running healthy`, `exited 0` …"""
        lines = self.run("docker compose ps --all --format json").splitlines()
        found = [json.loads(line) for line in lines]
        return {each["Service"]: f"{each['State']} {each['Health'] or each['ExitCode']}" for each in found}

    def healthy(self) -> bool:
        states = self.states()
        return states.pop("migrate") == "exited 0" and set(states.values()) == {"running healthy"}


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    made = Installation(folder)
    try:
        for line in START.splitlines():
            made.run(line.replace(":8000", f":{made.port}"))
        assert eventually(made.healthy, seconds=90)
        yield made
    finally:
        (folder / "secrets").mkdir(exist_ok=True)
        (folder / "secrets/grafana_password").touch()
        made.run(f"{COMPOSE} down --volumes --remove-orphans --timeout 40")


def test_accounts_are_added_and_sign_in_through_the_gateway(installation: Installation) -> None:
    for line in ACCOUNTS.splitlines():
        installation.run(
            line.replace("docker compose exec", "docker compose exec -T -e STEPPE_ACCOUNT_PASSWORD")
        )
    gateway = f"http://127.0.0.1:{installation.port}"
    form = {"grant_type": "password", "username": "cement01", "password": PASSWORD}
    token = httpx.post(f"{gateway}/v1/auth/token", data=form).json()["access_token"]
    answer = httpx.get(f"{gateway}/v1/permits/reports", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["items"]) == (200, [])
    for name in NAMES[1:]:
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"http://127.0.0.1:{installation.port + 1 + NAMES.index(name)}/readyz")


def test_a_process_that_is_killed_comes_back(installation: Installation) -> None:
    container = installation.run("docker compose ps --quiet permits").strip()
    init = installation.run("docker inspect --format '{{.State.Pid}}' " + container).strip()
    children = Path(f"/proc/{init}/task/{init}/children").read_text(encoding="ascii").split()
    os.kill(int(children[0]), signal.SIGKILL)
    assert eventually(lambda: installation.states()["permits"] != "running healthy", seconds=30)
    assert eventually(installation.healthy, seconds=60)


def test_prometheus_reaches_every_process_and_takes_the_rules(installation: Installation) -> None:
    (installation.folder / "secrets/grafana_password").write_text(PASSWORD, encoding="utf-8")
    installation.run(f"{COMPOSE} up -d {' '.join(NAMES)} prometheus")
    ask = f"{COMPOSE} exec -T prometheus promtool"
    assert "SUCCESS" in installation.run(f"{ask} check config /etc/prometheus/prometheus.yml")

    def reached() -> bool:
        return installation.run(f"{ask} query instant http://localhost:9090 up").count("=> 1 ") == len(NAMES)

    assert eventually(reached, seconds=60)
    installation.run(f"{COMPOSE} rm --stop --force prometheus")


def test_they_end_by_themselves_when_told_to(installation: Installation) -> None:
    installation.run("docker compose stop")
    assert set(installation.states().values()) == {"exited 0"}
    installation.run("docker compose up -d")
    assert eventually(installation.healthy, seconds=90)
