"""Waiting in small steps, so that whoever waits can say how it goes and can be interrupted."""

from __future__ import annotations

import time
from collections.abc import Callable

Say = Callable[[str], None]
Interrupt = Callable[[], None]
"""Called again and again while something waits; raises to give up."""
Hurry = Callable[[], bool]
"""Whether to end things at once, without asking them first."""


def silent(_line: str) -> None:
    """Say nothing."""


def never() -> None:
    """Interrupt nothing."""


def no_hurry() -> bool:
    return False


def wait_until(
    done: Callable[[], bool], *, seconds: float, every: float = 0.02, interrupt: Interrupt = never
) -> bool:
    """Whether `done()` came true within that many seconds; `interrupt()` may raise between two looks."""
    end = time.monotonic() + seconds
    while not done():
        interrupt()
        if time.monotonic() >= end:
            return False
        time.sleep(every)
    return True
