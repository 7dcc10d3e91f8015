"""One program at a time: a lock that the kernel lets go of when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import IO


class HeldError(RuntimeError):
    """Somebody else holds the lock; `holder` is what they wrote into it: their process id and since when."""

    def __init__(self, path: Path, holder: str) -> None:
        super().__init__(f"{path.parent} is in use by process {holder}")
        self.path = path
        self.holder = holder


def hold(path: Path) -> IO[str]:
    """Hold the lock file until it is closed, or until we end; `HeldError` where another process holds it."""
    lock = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        holder = lock.read().strip()
        lock.close()
        raise HeldError(path, holder) from None
    lock.truncate(0)
    lock.write(f"{os.getpid()} since {datetime.now(UTC).astimezone().isoformat(timespec='seconds')}\n")
    lock.flush()
    return lock
