"""Where the migration finds the databases."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from infra import migrate, stack_env
from infra.local import record
from infra.process_table import named

WASTE = named("waste")
URL = "postgresql+asyncpg://db.example/waste"


@pytest.fixture
def stack_here(tmp_path: Path) -> Iterator[Path]:
    me = record.Recorded(os.getpid(), psutil.Process().create_time())
    environment = {"STEPPE_WASTE_DATABASE_URL": URL, "STEPPE_HOME": str(tmp_path / "it's here")}
    record.Record("then", "now", me, {}, None, environment).write(tmp_path)
    yield tmp_path
    record.remove(tmp_path)


def test_the_variable_says_it_first(stack_here: Path) -> None:
    environ = {"STEPPE_WASTE_DATABASE_URL": "postgresql://first", "STEPPE_HOME": str(stack_here)}
    assert migrate.database_url(WASTE, environ) == "postgresql://first"


@pytest.mark.parametrize("place", ["steppe_waste_database_url", "waste/steppe_waste_database_url"])
def test_a_secret_file_says_it_next(tmp_path: Path, place: str) -> None:
    file = tmp_path / place
    file.parent.mkdir(exist_ok=True)
    file.write_text(URL + "\n")
    assert migrate.database_url(WASTE, {"STEPPE_SECRETS_DIR": str(tmp_path)}) == URL


def test_else_it_is_the_stack_that_runs_here(stack_here: Path) -> None:
    assert migrate.database_url(WASTE, {"STEPPE_HOME": str(stack_here)}) == URL


def test_else_the_variable_to_set_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable in ("STEPPE_WASTE_DATABASE_URL", "STEPPE_SECRETS_DIR"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("STEPPE_HOME", str(tmp_path))
    assert migrate.main(["waste"]) == 1
    assert "set STEPPE_WASTE_DATABASE_URL" in capsys.readouterr().err


def test_stack_env_prints_lines_that_a_shell_can_take(
    stack_here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEPPE_HOME", str(stack_here))
    assert stack_env.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert f"export STEPPE_WASTE_DATABASE_URL={URL}" in lines
    assert f"""export STEPPE_HOME='{stack_here}/it'"'"'s here'""" in lines


def test_stack_env_is_1_where_none_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEPPE_HOME", str(tmp_path))
    assert stack_env.main([]) == 1
    assert str(tmp_path) in capsys.readouterr().err
