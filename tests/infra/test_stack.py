"""The stack as programs use it: five processes that are each their own, looked after and stopped in order."""

from __future__ import annotations

import json
import os
import signal
import socket
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from infra.local import record
from infra.local.ports import free_port, is_ready
from infra.local.stack import Stack, running_stack
from tests.infra.support import ask, eventually, minimal_table

pytestmark = pytest.mark.stack
NAMES = [spec.name for spec in minimal_table()]


def facts(stack: Stack, name: str) -> dict[str, Any]:
    with urllib.request.urlopen(stack.url(name) + "/", timeout=30) as answer:  # noqa: S310 - on this machine
        told: dict[str, Any] = json.load(answer)
    return told


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    home = tmp_path_factory.mktemp("stack") / "home"
    environ = {**os.environ, "STEPPE_WASTE_DATABASE_URL": "postgresql+asyncpg://given"}
    with running_stack(
        home, sample=False, environ=environ, table=minimal_table(), restart_on_death=False
    ) as running:
        yield running


def test_each_process_is_its_own_and_says_so(stack: Stack) -> None:
    told = [facts(stack, name) for name in NAMES]
    assert [one["pid"] for one in told] == [stack.pid(name) for name in NAMES]
    assert len({one["pid"] for one in told} | {os.getpid()}) == 6
    assert all(one["session"] == one["pid"] for one in told)  # no Ctrl-C reaches them
    assert len({one["uuid"] for one in told}) == 5  # forked, yet each with randomness of its own


def test_a_process_sees_its_own_secrets_and_database_only(stack: Stack) -> None:
    environment = facts(stack, "waste")["environment"]
    assert environment["STEPPE_SECRETS_DIR"] == str(stack.home / "secrets" / "waste")
    assert environment["STEPPE_WASTE_DATABASE_URL"] == "postgresql+asyncpg://given"
    assert environment["STEPPE_GATEWAY_URL"] == stack.gateway_url
    assert [key for key in environment if key.endswith("_DATABASE_URL")] == ["STEPPE_WASTE_DATABASE_URL"]


def test_the_record_names_what_runs_and_only_its_owner_may_read_it(stack: Stack) -> None:
    found = record.running(stack.home)
    assert found is not None
    assert {name: one.pid for name, one in found.processes.items()} == {
        name: stack.pid(name) for name in NAMES
    }
    assert found.environment == stack.environment
    assert (stack.home / record.NAME).stat().st_mode & 0o777 == 0o600


def test_who_is_killed_stays_dead_until_restarted(stack: Stack) -> None:
    before = stack.pid("credit")
    stack.kill("credit", signal.SIGKILL)
    assert eventually(lambda: not psutil.pid_exists(before))
    with pytest.raises(OSError, match="refused"):
        facts(stack, "credit")
    stack.restart("credit")
    assert facts(stack, "credit")["pid"] == stack.pid("credit") != before
    found = record.read(stack.home)
    assert found is not None
    assert found.processes["credit"].pid == stack.pid("credit")


def test_a_second_stack_in_the_same_home_is_refused_and_harms_nothing(stack: Stack) -> None:
    second = Stack(stack.home, stack.port, sample=False, environ=os.environ, table=minimal_table())
    with pytest.raises(RuntimeError, match=f"already runs in .*process {os.getpid()}"):
        second.start()
    assert facts(stack, "gateway")["pid"] == stack.pid("gateway")
    assert record.running(stack.home) is not None


def test_who_dies_is_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    with running_stack(
        tmp_path / "home", sample=False, table=minimal_table(names=2), say=said.append
    ) as stack:
        before = stack.pid("permits")
        stack.kill("permits", signal.SIGKILL)
        assert eventually(lambda: stack.pid("permits") != before)
        assert eventually(lambda: any("started again" in line for line in said))
    assert any(f"permits ({before}) died: signal SIGKILL" in line for line in said)


async def test_with_its_real_processes_it_gets_over_a_killed_database(tmp_path: Path) -> None:
    settings = {"fsync": "off"}
    with running_stack(tmp_path / "home", sample=False, settings=settings) as stack:
        before = stack.postgres.pid
        assert before is not None
        await ask(stack.postgres, "CREATE TABLE kept AS SELECT 42 AS value", database="steppe_permits")
        os.kill(before, signal.SIGKILL)
        assert eventually(lambda: stack.postgres.pid not in (None, before))
        assert eventually(lambda: all(is_ready(int(stack.url(name).rsplit(":", 1)[1])) for name in NAMES))
        assert await ask(stack.postgres, "SELECT value FROM kept", database="steppe_permits") == 42


def test_the_gateway_ends_before_the_services_and_nothing_is_left(tmp_path: Path) -> None:
    with running_stack(tmp_path / "home", sample=False, table=minimal_table()) as stack:
        pids = [stack.pid(name) for name in NAMES]
    ends = {}
    for name in NAMES:
        last = (stack.home / "logs" / f"{name}.log").read_text().splitlines()[-1].split()
        assert last[0] == "lifespan.shutdown"
        ends[name] = float(last[1])
    assert min(ends, key=lambda name: ends[name]) == "gateway"
    assert not [pid for pid in pids if psutil.pid_exists(pid)]
    assert record.read(stack.home) is None


def test_a_process_that_ends_early_stops_all_and_shows_its_last_words(tmp_path: Path) -> None:
    table = minimal_table(broken="credit")
    with (
        pytest.raises(RuntimeError, match=r"credit ended at once(.|\n)*this application has no database"),
        running_stack(tmp_path / "home", sample=False, table=table),
    ):
        pytest.fail("it must not come up")
    with running_stack(tmp_path / "home", sample=False, table=minimal_table(names=1)):
        pass  # nothing blocks the next


def test_a_taken_port_is_named_with_its_holder_and_the_variable_that_changes_it(tmp_path: Path) -> None:
    table = minimal_table(names=2)
    port = free_port(table)
    taken = port + 1
    with socket.socket() as other:
        other.bind(("127.0.0.1", taken))
        other.listen()
        with (
            pytest.raises(RuntimeError, match=rf"port {taken}, which permits.*{os.getpid()}.*STEPPE_PORT"),
            running_stack(tmp_path / "home", port, sample=False, table=table),
        ):
            pytest.fail("it must not come up")
