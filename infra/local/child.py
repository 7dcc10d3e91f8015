"""What runs in a process that the fork server made: dress it as a process of its own, then do the work."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path

from infra.process_table import ProcessSpec

PATIENCE = 20.0
"""Seconds after which a process that was told to end, its parent being gone, ends at once."""


def serve(spec: ProcessSpec, environment: Mapping[str, str], log_file: Path) -> None:
    """Be the process `spec`."""
    _settle(spec.name, environment, log_file)
    importlib.import_module("infra.serve").serve(spec)


def call(target: str, environment: Mapping[str, str], log_file: Path, answers: Connection) -> None:
    """Call `module:function` with (environment, say); every line that it says goes to `answers`."""
    _settle("task", environment, log_file)
    module, _, function = target.partition(":")
    try:
        getattr(importlib.import_module(module), function)(environment, answers.send)
    except BaseException:
        traceback.print_exc()
        raise


def _settle(name: str, environment: Mapping[str, str], log_file: Path) -> None:
    # Ctrl-C at the terminal is for the supervisor, which stops the processes in order.
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    _write_to(log_file)
    with suppress(OSError):  # what `ps` and `top` show, on Linux
        Path("/proc/self/comm").write_text(f"steppe-{name}"[:15], encoding="ascii")
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()


def _write_to(log_file: Path) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    with log_file.open("ab") as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    # The fork server's streams may buffer whole blocks; a log is read line by line.
    sys.stdout = os.fdopen(1, "w", buffering=1, encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8", closefd=False)


def _end_with_parent() -> None:
    """End like on SIGTERM when the supervisor is gone, however it went: the kernel closes its pipe to us."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE)
    os._exit(1)
