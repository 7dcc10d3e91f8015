"""The command line: it names what it can do, finds each command, and loads nothing that it does not need."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec

import pytest

from infra.cli import COMMANDS, Command, main
from infra.local.ports import free_port
from tests.infra.support import ROOT


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["help"]])
def test_help_names_every_command_in_chinese_and_english(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    for command in COMMANDS:
        (line,) = [line for line in lines if line.split()[1 : len(command.words) + 1] == list(command.words)]
        assert command.does.zh in line
        assert command.does.en in line


@pytest.mark.parametrize("words", [["fly"], ["id"], ["verify", "everything"], ["stack"]])
def test_an_unknown_command_is_2_and_shows_what_there_is(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    error = capsys.readouterr().err
    assert " ".join(words) in error
    assert "steppe migrations check" in error


def test_no_command_at_all_is_2_and_shows_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "steppe up" in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.words))
def test_every_command_leads_to_a_module(command: Command) -> None:
    assert find_spec(command.target.partition(":")[0]) is not None


def test_asking_for_help_imports_neither_a_web_framework_nor_a_database() -> None:
    answer = python(
        "import sys; from infra.cli import main; main(['--help']);"
        "sys.exit(sorted({'fastapi', 'sqlalchemy', 'pydantic', 'uvicorn', 'aiohttp'} & set(sys.modules)) or 0)"
    )
    assert answer.returncode == 0, answer.stderr


def test_a_command_that_is_interrupted_is_130() -> None:
    answer = python(
        "import sys, infra.cli, infra.stack_env\n"
        "def interrupted(argv): raise KeyboardInterrupt\n"
        "infra.stack_env.main = interrupted\n"
        "sys.exit(infra.cli.main(['stack', 'env']))"
    )
    assert answer.returncode == 130, answer.stderr


def test_a_database_that_is_not_there_is_1_and_told_in_a_line() -> None:
    url = f"postgresql+asyncpg://steppe:synthetic@127.0.0.1:{free_port()}/steppe_gateway"
    answer = python(
        f"import os, sys, infra.cli; os.environ['STEPPE_GATEWAY_DATABASE_URL'] = {url!r}\n"
        "sys.exit(infra.cli.main(['migrate', 'gateway']))"
    )
    assert answer.returncode == 1, answer.stderr
    assert re.fullmatch(r"steppe migrate: 无法连接 · cannot connect: .*127\.0\.0\.1.*\n", answer.stderr)


def test_importing_what_the_fork_server_shares_starts_no_thread_and_reads_no_setting() -> None:
    answer = python(
        "import os, threading, infra.local.preload, sys\n"
        "assert threading.active_count() == 1, threading.enumerate()\n"
        "assert len(os.listdir('/proc/self/task')) == 1 if os.path.exists('/proc/self/task') else True\n"
        "assert {'fastapi', 'sqlmodel', 'services.kit.app', 'uvloop'} <= set(sys.modules)\n"
        "assert {'gateway.app', 'services.permits.app', 'services.waste.app'} <= set(sys.modules)"
    )
    assert answer.returncode == 0, answer.stderr
