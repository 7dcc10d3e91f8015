"""`$STEPPE_HOME/stack.json`: what runs, for those who work with the stack and for the start after a kill."""

from __future__ import annotations

import json
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psutil

from infra.local.files import write_atomically
from infra.local.processes import is_alive
from infra.local.waiting import Interrupt, Say, wait_until

NAME = "stack.json"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One process: its id, and when it began (seconds since 1970), which an id alone does not tell."""

    pid: int
    created: float
    url: str = ""
    log: str = ""

    def is_alive(self) -> bool:
        return is_alive(self.pid, self.created)


@dataclass(frozen=True, slots=True)
class Record:
    """`ready_at` is empty until every process answers; times are RFC 3339."""

    started_at: str
    ready_at: str
    supervisor: Recorded
    processes: Mapping[str, Recorded]
    postgres_pid: int | None
    environment: Mapping[str, str] = field(repr=False)

    def write(self, home: Path) -> None:
        # 0600: a database URL that the user gave may hold a password.
        write_atomically(home / NAME, json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n")


def read(home: Path) -> Record | None:
    """The record of the stack in that home, whether it still runs or not; None where there is none."""
    try:
        raw = json.loads((home / NAME).read_text(encoding="utf-8"))
        processes = {name: Recorded(**one) for name, one in raw.pop("processes").items()}
        return Record(**{**raw, "supervisor": Recorded(**raw["supervisor"]), "processes": processes})
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None  # of another version: its processes end by themselves without their supervisor


def remove(home: Path) -> None:
    (home / NAME).unlink(missing_ok=True)


def running(home: Path) -> Record | None:
    """The record of a stack that runs now and is ready; None otherwise."""
    found = read(home)
    return found if found is not None and found.ready_at and found.supervisor.is_alive() else None


def stop_recorded(home: Path, *, say: Say, interrupt: Interrupt) -> None:
    """End the processes that a killed supervisor left; only those that are certainly the recorded ones."""
    found = read(home)
    left = {name: one for name, one in found.processes.items() if one.is_alive()} if found else {}
    if left:
        say(
            "ending processes left by an earlier run: " + ", ".join(f"{n} ({p.pid})" for n, p in left.items())
        )
    # Not long: they were told to end when their supervisor died, and a cut transaction is rolled back.
    for number, seconds in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        for one in left.values():
            if one.is_alive():
                with suppress(psutil.NoSuchProcess):
                    psutil.Process(one.pid).send_signal(number)
        if wait_until(
            lambda: not any(o.is_alive() for o in left.values()), seconds=seconds, interrupt=interrupt
        ):
            break
    remove(home)
