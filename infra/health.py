"""`steppe health [NAME]`: whether a process on this machine can work; what a container's health check runs.

It asks `GET /readyz` at `STEPPE_<NAME>_PORT`, else the process's usual port, with nothing but the standard
library's client: slim images hold no curl.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping

from infra.local.environment import HOST
from infra.local.ports import is_ready
from infra.process_table import PROCESSES, ProcessSpec, named

_EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - what is compared with, not bound to


def main(argv: list[str]) -> int:
    """0 where it answers 200, 1 where not; without NAME, where any of the five does (one runs in a container)."""
    parser = argparse.ArgumentParser(
        prog="steppe health", description="进程是否就绪 / whether a process is ready"
    )
    parser.add_argument("name", nargs="?", choices=[spec.name for spec in PROCESSES])
    name = parser.parse_args(argv).name
    for spec in PROCESSES if name is None else (named(name),):
        host, port = address(spec, os.environ)
        if is_ready(port, host=host):
            print(f"{spec.name}: 就绪 · ready")
            return 0
    print(f"{name or 'steppe'}: 未就绪 · not ready")
    return 1


def address(spec: ProcessSpec, environ: Mapping[str, str]) -> tuple[str, int]:
    """Where a process of this machine answers; the loopback address where it listens on all of them."""
    prefix = f"STEPPE_{spec.name.upper()}"
    host = environ.get(f"{prefix}_HOST", "")
    return HOST if host in _EVERYWHERE else host, int(environ.get(f"{prefix}_PORT") or spec.default_port)
