"""`steppe up` as a person uses it: Ctrl-C, kill, and start again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from infra.local import ports, record
from infra.local.fleet import END_WITHIN
from infra.local.waiting import never, silent
from tests.infra.support import eventually, minimal_table, read_until, start_python

pytestmark = pytest.mark.stack
HERE = Path(__file__).parent


class Terminal:
    """Where somebody types `steppe up`, again and again, in one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = ports.free_port(minimal_table())
        self.programs: list[subprocess.Popen[str]] = []

    def up(self, application: str = "create_app") -> subprocess.Popen[str]:
        variables = {"STEPPE_HOME": str(self.home), "STEPPE_PORT": str(self.port)}
        program = start_python(HERE / "minimal_up.py", application, **variables)
        self.programs.append(program)
        return program

    def pids(self) -> list[int]:
        found = record.read(self.home)
        assert found is not None
        return [one.pid for one in found.processes.values()]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    it = Terminal(tmp_path / "home")
    yield it
    for program in it.programs:
        program.kill()
        program.wait()
        assert program.stdout is not None
        program.stdout.close()
    record.stop_recorded(it.home, say=silent, interrupt=never)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_says_where_it_is_and_a_signal_stops_all_of_it(terminal: Terminal, number: signal.Signals) -> None:
    program = terminal.up()
    said = read_until(program, "BANNER")
    assert f"http://127.0.0.1:{terminal.port}" in said
    assert "waiting for /readyz" in said
    pids = terminal.pids()
    program.send_signal(number)
    rest, _ = program.communicate(timeout=120)
    assert program.returncode == 0, rest
    assert "stopped" in rest
    assert not [pid for pid in pids if psutil.pid_exists(pid)]
    assert record.read(terminal.home) is None


def test_a_second_signal_forces(terminal: Terminal) -> None:
    program = terminal.up("stubborn")
    read_until(program, "BANNER")
    pids = terminal.pids()
    program.send_signal(signal.SIGINT)
    read_until(program, "stopping")
    time.sleep(0.5)
    began = time.monotonic()
    program.send_signal(signal.SIGINT)
    program.communicate(timeout=120)
    assert program.returncode == 0
    assert time.monotonic() - began < END_WITHIN  # what they would have been given
    assert not [pid for pid in pids if psutil.pid_exists(pid)]


def test_the_processes_end_by_themselves_when_up_is_killed(terminal: Terminal) -> None:
    program = terminal.up()
    read_until(program, "BANNER")
    pids = terminal.pids()
    program.kill()
    program.communicate()
    assert eventually(lambda: not [pid for pid in pids if psutil.pid_exists(pid)])


def test_a_killed_run_does_not_block_the_next_even_if_its_processes_hang(terminal: Terminal) -> None:
    program = terminal.up("stubborn")
    read_until(program, "BANNER")
    pids = terminal.pids()
    program.kill()
    again = terminal.up()
    said = read_until(again, "BANNER")
    assert "left by an earlier run" in said
    assert not set(pids) & set(terminal.pids())
    # A killed process is there until whoever inherited it has taken note.
    assert eventually(lambda: not [pid for pid in pids if psutil.pid_exists(pid)])


def test_a_second_up_says_who_is_there_and_leaves_it_alone(terminal: Terminal) -> None:
    first = terminal.up()
    read_until(first, "BANNER")
    pids = terminal.pids()
    second = terminal.up()
    said, _ = second.communicate(timeout=120)
    assert second.returncode == 1
    assert str(first.pid) in said
    assert "STEPPE_HOME" in said
    assert terminal.pids() == pids


def test_stopping_it_before_it_is_ready_leaves_nothing(terminal: Terminal) -> None:
    program = terminal.up()
    read_until(program, "starting 5 processes")
    program.send_signal(signal.SIGINT)
    program.communicate(timeout=120)
    assert program.returncode == 130
    assert record.read(terminal.home) is None


def test_a_port_that_is_none_is_refused_in_words(terminal: Terminal) -> None:
    program = start_python(
        HERE / "minimal_up.py", "create_app", STEPPE_HOME=str(terminal.home), STEPPE_PORT="80o0"
    )
    said, _ = program.communicate(timeout=120)
    assert program.returncode == 1
    assert "STEPPE_PORT is '80o0'" in said


def test_only_the_recorded_process_is_stopped_never_one_that_got_its_number(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    created = psutil.Process(stranger.pid).create_time()
    me = record.Recorded(os.getpid(), psutil.Process().create_time())
    for began, ends in ((created - 5, False), (created, True)):
        gateway = record.Recorded(stranger.pid, began)
        record.Record("", "", me, {"gateway": gateway}, None, {}).write(tmp_path)
        record.stop_recorded(tmp_path, say=silent, interrupt=never)
        assert (stranger.poll() is not None) == ends
        assert record.read(tmp_path) is None
