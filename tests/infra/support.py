"""What several tests of the embedded stack share."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg

from infra.local.postgres import EmbeddedPostgres
from infra.process_table import PROCESSES, ProcessSpec

ROOT = Path(__file__).resolve().parents[2]


def minimal_table(function: str = "create_app", broken: str = "", names: int = 5) -> tuple[ProcessSpec, ...]:
    """The real names with the minimal application and no database; `broken` does not come up."""
    module = "tests.infra.minimal_app"
    return tuple(
        ProcessSpec(
            spec.name, f"{module}:{'broken' if spec.name == broken else function}", None, spec.port_offset
        )
        for spec in PROCESSES[:names]
    )


async def ask(server: EmbeddedPostgres, sql: str, *, database: str = "postgres") -> Any:
    """The first value of the first row."""
    connection = await asyncpg.connect(server.url(database, driver="postgresql"))
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def start_python(script: Path, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """A Python program of ours in a session of its own, as from another terminal; its output in a pipe."""
    return subprocess.Popen(
        [sys.executable, str(script), *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def read_until(program: subprocess.Popen[str], word: str) -> str:
    """What a program says up to the line with that word; AssertionError where it ends before."""
    said = ""
    assert program.stdout is not None
    for line in program.stdout:
        said += line
        if word in line:
            return said
    raise AssertionError(f"ended with {program.wait()} before it said {word!r}:\n{said}")


def eventually(true: Callable[[], bool], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
