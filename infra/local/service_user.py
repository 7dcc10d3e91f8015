"""Whom PostgreSQL runs as, and what that user must be able to reach.

PostgreSQL refuses to run as root. Where we are root (containers, many servers), it runs as the user who owns
the data already there, else as `postgres`, else as `nobody`.
"""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from infra.local.waiting import Say

_CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True, slots=True)
class ServiceUser:
    uid: int
    gid: int
    name: str


def service_user(data_dir: Path) -> ServiceUser | None:
    """The user that PostgreSQL must run as; None where it can simply run as we do."""
    if os.geteuid() != 0:
        return None
    if data_dir.exists() and data_dir.stat().st_uid != 0:
        owner = data_dir.stat()
        return ServiceUser(owner.st_uid, owner.st_gid, _name(owner.st_uid))
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServiceUser(entry.pw_uid, entry.pw_gid, name)
    raise RuntimeError(f"PostgreSQL does not run as root, and none of these users exists: {_CANDIDATES}")


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def give(folder: Path, user: ServiceUser, *, contents: bool = False) -> None:
    """Make `user` the owner of a folder, and of its contents where wanted, unless it is theirs already."""
    if folder.stat().st_uid == user.uid:
        return
    for path in folder.rglob("*") if contents else ():
        os.chown(path, user.uid, user.gid, follow_symlinks=False)
    os.chown(folder, user.uid, user.gid)


def make_reachable(paths: Iterable[Path], user: ServiceUser, say: Say) -> None:
    """Let `user` pass through every parent folder of `paths`: adds o+x where it is missing, and says so."""
    parents = {parent for path in paths for parent in path.parents}
    closed = [parent for parent in sorted(parents) if not _may_pass(parent, user)]
    for parent in closed:
        parent.chmod(stat.S_IMODE(parent.stat().st_mode) | stat.S_IXOTH)
    if closed:
        folders = ", ".join(map(str, closed))
        say(f"made passable (chmod o+x) for the user {user.name}, whom PostgreSQL runs as: {folders}")


def make_readable(folders: Iterable[Path], user: ServiceUser, say: Say) -> None:
    """Let others read all files in `folders`: o+r, and o+x for folders and programs, where it is missing."""
    changed = 0
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            mode = stat.S_IMODE(path.lstat().st_mode)
            wanted = mode | stat.S_IROTH | (stat.S_IXOTH if path.is_dir() or mode & stat.S_IXUSR else 0)
            if wanted != mode and not path.is_symlink():
                path.chmod(wanted)
                changed += 1
    if changed:
        say(f"made readable (chmod o+rX) for the user {user.name}: {changed} files of PostgreSQL's package")


def _may_pass(folder: Path, user: ServiceUser) -> bool:
    state = folder.stat()
    if state.st_uid == user.uid:
        return bool(state.st_mode & stat.S_IXUSR)
    return bool(state.st_mode & stat.S_IXOTH)
