"""`steppe secrets make DIR`: the secrets of an installation, one file each, for Compose or any orchestrator.

| folder | for | holds |
|---|---|---|
| `database/` | PostgreSQL | its administrator's password |
| `migrate/` | `steppe migrate` | the administrator's URL; it reads the five database URLs too |
| `gateway/`, `permits/`, … | that process | its database URL and keys |
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

from infra.local.secrets import Wanted, process_secrets, write_missing
from infra.process_table import PROCESSES

PASSWORD = ("database", "steppe_database_password")
ADMIN_URL = ("migrate", "steppe_database_admin_url")


def main(argv: list[str]) -> int:
    """Make what is missing, never replacing a file; 1 where that cannot be, 2 for bad usage."""
    arguments = _parser().parse_args(argv)
    folder: Path = arguments.folder
    try:
        password = _password(folder, arguments.database_password_file)
        wanted = list(_wanted(arguments, password))
        made = write_missing(folder, wanted)
        if arguments.owner is not None:
            _give(folder, wanted, *arguments.owner)
    except (OSError, ValueError) as error:
        print(f"steppe secrets make: {error}", file=sys.stderr)
        return 1
    kept = len(wanted) - len(made)
    print(f"{folder}: 新建 {len(made)}，保留 {kept} · {len(made)} made, {kept} kept")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="steppe secrets make", description="生成密钥与口令 / make keys and passwords"
    )
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument("--database-host", default="db", metavar="HOST")
    parser.add_argument("--database-port", default=5432, type=int, metavar="PORT")
    parser.add_argument("--database-admin", default="steppe", metavar="USER", help="管理员 / administrator")
    parser.add_argument(
        "--database-password-file",
        type=Path,
        metavar="FILE",
        help="管理员口令 / the administrator's password",
    )
    parser.add_argument(
        "--owner", type=_owner, metavar="UID[:GID]", help="文件属主 / who owns the files, as 10001 (as root)"
    )
    return parser


def _owner(text: str) -> tuple[int, int]:
    user, _, group = text.partition(":")
    return int(user), int(group or user)


def _password(folder: Path, file: Path | None) -> str:
    """The administrator's password: the one in `folder`, the given one, or a new one."""
    there = folder.joinpath(*PASSWORD)
    given = file.read_text(encoding="utf-8").strip() if file is not None else None
    kept = there.read_text(encoding="utf-8").strip() if there.exists() else None
    if given == "" or (given is not None and kept is not None and given != kept):
        raise ValueError(f"{file} is empty" if not given else f"{there} holds another password than {file}")
    return kept or given or secrets.token_urlsafe(32)


def _wanted(arguments: argparse.Namespace, password: str) -> Iterator[Wanted]:
    host = f"[{arguments.database_host}]" if ":" in arguments.database_host else arguments.database_host

    def url(user: str, secret: str, database: str) -> str:
        signed_in = f"{quote(user, safe='')}:{quote(secret, safe='')}"
        return f"postgresql+asyncpg://{signed_in}@{host}:{arguments.database_port}/{database}"

    yield *PASSWORD, lambda: password
    yield *ADMIN_URL, lambda: url(arguments.database_admin, password, "postgres")
    for spec in PROCESSES:
        make = partial(url, spec.database, secrets.token_urlsafe(32), spec.database)
        yield spec.name, spec.database_variable.lower(), make
    yield from process_secrets(tuple(spec.name for spec in PROCESSES if spec.name != "gateway"))


def _give(folder: Path, wanted: list[Wanted], user: int, group: int) -> None:
    files = {folder / process / name for process, name, _ in wanted}
    for path in sorted({folder, *files, *(file.parent for file in files)}):
        os.chown(path, user, group)
