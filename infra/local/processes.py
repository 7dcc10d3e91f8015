"""The operating-system processes of a stack: forked by a server that has imported the libraries already.

Importing FastAPI and SQLModel takes a second of a core in each process, two without compiled files;
the fork server pays for it once, and every process still has its own memory, environment, log file and end. It
is the standard library's fork server. `steppe serve NAME` is the plain way to the same process.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing import forkserver
from pathlib import Path

import psutil

from infra.local import child
from infra.local.files import last_lines, rotate
from infra.local.waiting import Interrupt, never, wait_until
from infra.process_table import ProcessSpec

context = multiprocessing.get_context("forkserver")


def warm_up() -> None:
    """Start the fork server, which goes on importing while we do other things."""
    context.set_forkserver_preload(["infra.local.preload"])
    if threading.current_thread() is not threading.main_thread():
        forkserver.ensure_running()
        return
    # Ignored signals stay ignored in a new program: Ctrl-C must not reach the server while it imports.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        forkserver.ensure_running()
    finally:
        signal.signal(signal.SIGINT, before)


class ServerProcess:
    """One process of the stack; it can be started again after its end."""

    def __init__(self, spec: ProcessSpec, environment: Mapping[str, str], log_file: Path) -> None:
        self.spec = spec
        self.log_file = log_file
        self._environment = dict(environment)
        self._process: multiprocessing.process.BaseProcess | None = None
        self.created = 0.0

    def start(self) -> None:
        rotate(self.log_file)
        # A daemon in multiprocessing's sense: ended if we forget it.
        process = context.Process(
            target=child.serve, args=(self.spec, self._environment, self.log_file), daemon=True
        )
        process.start()
        created = time.time()
        with suppress(psutil.NoSuchProcess):
            created = psutil.Process(process.pid).create_time()
        self._process, self.created = process, created

    @property
    def pid(self) -> int:
        """ValueError where it was never started."""
        if self._process is None or self._process.pid is None:
            raise ValueError(f"{self.spec.name} was not started")
        return self._process.pid

    def poll(self) -> int | None:
        """None while it runs, else its exit code, minus the signal's number where a signal ended it."""
        if self._process is None:
            return 0
        code = self._process.exitcode
        if code is not None and is_alive(self.pid, self.created):
            # The fork server died, not the process: end it, as nobody could hear of its end any more.
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        return code

    def send(self, number: int) -> None:
        """Send a signal; nothing where the process has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def ended(self, seconds: float, interrupt: Interrupt = never) -> bool:
        """Whether it ends within that time."""
        return wait_until(lambda: self.poll() is not None, seconds=seconds, interrupt=interrupt)

    def last_words(self) -> str:
        lines = last_lines(self.log_file)
        return "\n".join([f"--- the end of {self.log_file}:", *lines, "---"])


def is_alive(pid: int, created: float) -> bool:
    """Whether the process with that id that began at that time (seconds since 1970) still works."""
    try:
        process = psutil.Process(pid)
        # Seconds since boot plus the time of boot, which moves a little when the clock is set right.
        return abs(process.create_time() - created) < 2 and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
