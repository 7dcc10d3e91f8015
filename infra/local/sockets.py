"""The folder of the server's unix socket: short enough, and its owner's alone."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from pathlib import Path

from infra.local.service_user import ServiceUser

LONGEST = 100
"""Bytes that a socket's path may have: the kernels allow 104 (macOS) or 108 (Linux), one of them a NUL."""


def socket_folder(data_dir: Path, name: str) -> Path:
    """Where the socket `name` goes: in the data folder, or in the temp folder where that path will not do.

    In the temp folder its name is derived from the data folder's path, so that every process finds it.
    """
    inside = data_dir / "socket"
    derived = "steppe-" + hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    outside = Path(tempfile.gettempdir()).resolve() / derived
    last = Path("/tmp", derived)  # noqa: S108 - a private folder in it, see `make_private`
    return next((folder for folder in (inside, outside) if _will_do(folder / name)), last)


def _will_do(path: Path) -> bool:
    # In a database URL, a comma separates hosts and a colon a port, even in the name of a folder.
    return len(os.fsencode(path)) <= LONGEST and not {",", ":"} & set(str(path))


def make_private(folder: Path, user: ServiceUser | None) -> None:
    """Make a folder that only `user` (else we) may enter; RuntimeError where somebody else prepared it."""
    owner = os.geteuid() if user is None else user.uid
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if user is not None:
            os.chown(folder, user.uid, user.gid)
    state = folder.lstat()
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != owner:
        raise RuntimeError(f"{folder} is not a folder of the user who runs PostgreSQL: remove it")
    folder.chmod(0o700)
