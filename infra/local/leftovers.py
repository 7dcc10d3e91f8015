"""What a killed run left behind in a PostgreSQL data folder: a running server, orphans, a stale pid file."""

from __future__ import annotations

import signal
from contextlib import suppress
from pathlib import Path

import psutil

from infra.local.waiting import Interrupt, Say, wait_until


def pid_file(cluster: Path) -> list[str]:
    """The lines of `postmaster.pid`: pid, folder, start, port, socket folder, address, memory, status."""
    try:
        return (cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def recorded_pid(cluster: Path) -> int | None:
    lines = pid_file(cluster)
    return int(lines[0]) if lines and lines[0].strip().isdigit() else None


def processes_of(cluster: Path) -> list[psutil.Process]:
    """The PostgreSQL processes that work in this data folder, by their working directory.

    The postmaster and each backend change into the data folder, which the kernel tracks: unlike a number in a
    file, it cannot name a stranger's process.
    """
    found = []
    for process in psutil.process_iter(["name"]):
        if process.info["name"] != "postgres":
            continue
        with suppress(psutil.Error, OSError):
            if Path(process.cwd()).samefile(cluster):
                found.append(process)
    return found


def stop_leftovers(cluster: Path, *, say: Say, interrupt: Interrupt) -> None:
    """Leave nobody working in `cluster`, cleanly where that goes, and no pid file that blocks a start.

    RuntimeError where a process does not even end on SIGQUIT.
    """
    running = processes_of(cluster)
    if running:
        say(f"ending PostgreSQL processes left by an earlier run: {', '.join(str(p.pid) for p in running)}")
        _end(cluster, running, interrupt)
    # Nobody works here any more. A pid that was given to another process since would make PostgreSQL refuse
    # to start; a dead one it recognises itself.
    recorded = recorded_pid(cluster)
    if recorded is not None and psutil.pid_exists(recorded):
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def _end(cluster: Path, running: list[psutil.Process], interrupt: Interrupt) -> None:
    postmaster = next((p for p in running if p.pid == recorded_pid(cluster)), None)
    if postmaster is not None:
        # SIGINT is the fast shutdown: no new sessions, roll back, checkpoint, exit.
        _send(postmaster, signal.SIGINT)
    # Backends whose postmaster was killed notice and end by themselves.
    patience = 5 if postmaster is None else 30
    if wait_until(lambda: not processes_of(cluster), seconds=patience, interrupt=interrupt):
        return
    for process in processes_of(cluster):
        _send(process, signal.SIGQUIT)
    if not wait_until(lambda: not processes_of(cluster), seconds=10, interrupt=interrupt):
        raise RuntimeError(f"PostgreSQL processes in {cluster} do not end: {processes_of(cluster)}")


def _send(process: psutil.Process, number: signal.Signals) -> None:
    with suppress(psutil.NoSuchProcess):
        process.send_signal(number)
