"""The variables of each process, computed from home, port and what the caller has."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.environment import (
    home_of,
    needs_embedded,
    port_of,
    process_environment,
    stack_environment,
)
from infra.process_table import PROCESSES, named

HOME = Path("/srv/steppe")
NAMES = [spec.name for spec in PROCESSES]


def embedded(database: str) -> str:
    return f"postgresql+asyncpg://steppe@/{database}?host=/srv/steppe/socket"


def stack(environ: dict[str, str] | None = None, port: int = 8000) -> dict[str, str]:
    return stack_environment(home=HOME, port=port, environ=environ or {}, embedded=embedded)


def test_the_home_is_a_folder_here_unless_said_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert home_of({}) == tmp_path / ".steppe"
    assert home_of({"STEPPE_HOME": ""}) == tmp_path / ".steppe"
    assert home_of({"STEPPE_HOME": "data"}) == tmp_path / "data"
    assert home_of({"STEPPE_HOME": "/srv/steppe"}) == HOME


def test_the_gateway_is_on_8000_and_the_services_after_it() -> None:
    urls = [stack()[f"STEPPE_{name.upper()}_URL"] for name in NAMES]
    assert urls == [f"http://127.0.0.1:{port}" for port in range(8000, 8005)]
    assert NAMES == ["gateway", "permits", "waste", "credit", "emergency"]


@given(st.integers(min_value=1, max_value=65_531))
def test_any_port_that_leaves_room_gives_five_ports(port: int) -> None:
    assert port_of({"STEPPE_PORT": str(port)}) == port
    ports = {int(stack(port=port)[f"STEPPE_{name.upper()}_PORT"]) for name in NAMES}
    assert ports == set(range(port, port + 5))
    assert max(ports) <= 65_535


@pytest.mark.parametrize("text", ["0", "-1", "65532", "http", "8000 ", "８０００", "8000.5", "9" * 5000])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="STEPPE_PORT"):
        port_of({"STEPPE_PORT": text})


def test_the_issuer_and_its_keys_are_at_the_gateway() -> None:
    answer = stack(port=9100)
    assert answer["STEPPE_ISSUER"] == answer["STEPPE_GATEWAY_URL"] == "http://127.0.0.1:9100"
    assert answer["STEPPE_JWKS_URL"] == "http://127.0.0.1:9100/.well-known/jwks.json"


def test_a_database_of_ones_own_is_respected_and_the_others_are_embedded() -> None:
    answer = stack({"STEPPE_CREDIT_DATABASE_URL": "postgresql+asyncpg://db.example/credit"})
    assert answer["STEPPE_CREDIT_DATABASE_URL"] == "postgresql+asyncpg://db.example/credit"
    assert answer["STEPPE_PERMITS_DATABASE_URL"] == embedded("steppe_permits")
    assert needs_embedded(answer, embedded)


def test_no_server_is_embedded_where_every_database_is_given() -> None:
    given_all = {spec.database_variable: f"postgresql+asyncpg://db/{spec.name}" for spec in PROCESSES}
    assert not needs_embedded(stack(given_all), embedded)


def test_the_variables_of_a_stack_taken_into_the_shell_do_not_lead_the_next_one_astray() -> None:
    exported = stack(port=9100)
    assert needs_embedded(stack(exported), embedded)
    assert stack(exported, port=8000) == stack(port=8000)


@pytest.mark.parametrize("name", NAMES)
def test_a_process_gets_its_own_database_and_secrets_and_nobody_elses(name: str) -> None:
    spec = named(name)
    caller = {
        "PATH": "/bin",
        "STEPPE_WASTE_DATABASE_URL": "postgresql+asyncpg://db/w",
        "STEPPE_ISSUER": "old",
    }
    answer = process_environment(spec, stack(caller), caller)
    assert [key for key in answer if key.endswith("_DATABASE_URL")] == [spec.database_variable]
    assert answer["STEPPE_SECRETS_DIR"] == f"/srv/steppe/secrets/{name}"
    assert answer["STEPPE_ISSUER"] == "http://127.0.0.1:8000"
    assert answer["PATH"] == "/bin"


def test_a_process_that_is_none_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(ValueError, match="gateway, permits, waste, credit, emergency"):
        named("weather")
