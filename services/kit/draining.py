"""Whether this process has been told to end: who waits for something new then answers at once."""

from __future__ import annotations

import threading

_told = threading.Event()


def begin() -> None:
    """Called by the server when it is told to end; safe within a signal handler."""
    _told.set()


def begun() -> bool:
    return _told.is_set()
