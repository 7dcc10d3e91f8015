"""`steppe migrate` and `steppe migrations check`: bring databases up to date, and try the way there and back.

Where `STEPPE_DATABASE_ADMIN_URL` (or its secret file) is given, `steppe migrate` first makes each process's
role and database on that server, see `infra.databases`. Where it is given the services' client secrets, it makes
their sign-in at the gateway, see `infra.clients`.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from infra.local import record
from infra.local.environment import home_of
from infra.local.postgres import throwaway_postgres
from infra.local.waiting import Say, silent
from infra.process_table import PROCESSES, ProcessSpec, named

_MIGRATIONS = "services.kit.migrations"
_ADMIN_VARIABLE = "STEPPE_DATABASE_ADMIN_URL"


def main(argv: list[str]) -> int:
    """Upgrade the databases of the named processes, or of all; 1 where one has no URL."""
    parser = argparse.ArgumentParser(
        prog="steppe migrate", description="迁移数据库 / bring databases up to date"
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(spec.name for spec in PROCESSES))
    arguments = parser.parse_args(argv)
    try:
        wanted = [named(name) for name in arguments.names] or list(PROCESSES)
        urls = {spec: database_url(spec, os.environ) for spec in wanted}
    except ValueError as error:
        print(f"steppe migrate: {error}", file=sys.stderr)
        return 1
    if admin_url := _given(_ADMIN_VARIABLE, os.environ, "migrate"):
        asyncio.run(importlib.import_module("infra.databases").provide(admin_url, urls.values(), print))
    _migrate(urls, print, unchanged=print)
    _provide_clients(urls, os.environ)
    return 0


def bring_up_to_date(environment: Mapping[str, str], say: Say) -> None:
    """Upgrade the database of every process that `environment` names one for; says what it changed."""
    stack = [spec for spec in PROCESSES if spec.database_variable in environment]
    urls = {spec: database_url(spec, environment) for spec in stack}
    _migrate(urls, say)
    secrets = str(Path(environment["STEPPE_HOME"]) / "secrets")
    _provide_clients(urls, {**environment, "STEPPE_SECRETS_DIR": secrets})


def _migrate(urls: Mapping[ProcessSpec, str], say: Say, unchanged: Say = silent) -> None:
    migrations = importlib.import_module(_MIGRATIONS)
    for spec, url in urls.items():
        began = time.monotonic()
        if migrations.ensure_current(spec.package, url):
            say(f"{spec.name}: 数据库已升级 · database upgraded ({time.monotonic() - began:.1f} s)")
        else:
            unchanged(f"{spec.name}: 数据库已是最新 · database up to date")


def _provide_clients(urls: Mapping[ProcessSpec, str], environ: Mapping[str, str]) -> None:
    """The services' own sign-in at the gateway, for those whose secret this process is given."""
    gateway = urls.get(named("gateway"))
    names = [spec.name for spec in PROCESSES if spec.name != "gateway"]
    given = {name: _given(f"STEPPE_{name.upper()}_CLIENT_SECRET", environ, name) for name in names}
    secrets = {name: secret for name, secret in given.items() if secret}
    if gateway and secrets:
        asyncio.run(importlib.import_module("infra.clients").provide(gateway, secrets))


def check_main(argv: list[str]) -> int:
    """Whether migrations and models agree and run in both directions; 1 with the problems where not."""
    parser = argparse.ArgumentParser(
        prog="steppe migrations check",
        description="核对迁移与模型 / check that migrations and models agree",
        epilog="STEPPE_TEST_DATABASE_URL: try it on this server instead of an embedded one",
    )
    parser.parse_args(argv)
    migrations = importlib.import_module(_MIGRATIONS)
    problems: list[str] = []
    with _server(os.environ) as admin_url:
        for spec in PROCESSES:
            found = migrations.check(spec.package, admin_url)
            print(
                f"{spec.name}: {'通过 · passed' if not found else f'{len(found)} 个问题 · problems'}",
                flush=True,
            )
            problems += found
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def database_url(spec: ProcessSpec, environ: Mapping[str, str]) -> str:
    """Where the database of a process is: by variable, by secret file, or in the stack that runs here.

    The secret file lies in `STEPPE_SECRETS_DIR` itself or in its folder for that process. ValueError where
    nothing says it.
    """
    if given := _given(spec.database_variable, environ, spec.name):
        return given
    running = record.running(home_of(environ))
    if running is not None:
        return running.environment[spec.database_variable]
    raise ValueError(f"set {spec.database_variable}, or start a stack with `steppe up`")


def _given(variable: str, environ: Mapping[str, str], process: str) -> str | None:
    """A variable, or the secret file of its name in `STEPPE_SECRETS_DIR` or in that folder's for a process."""
    if value := environ.get(variable):
        return value
    if folder := environ.get("STEPPE_SECRETS_DIR"):
        name = variable.lower()
        for file in (Path(folder) / name, Path(folder) / process / name):
            if file.is_file():
                return file.read_text(encoding="utf-8").strip()
    return None


@contextmanager
def _server(environ: Mapping[str, str]) -> Iterator[str]:
    """The URL of a server on which databases may be made and dropped."""
    if given := environ.get("STEPPE_TEST_DATABASE_URL"):
        yield given
        return
    with throwaway_postgres() as server:
        yield server.url("postgres")
