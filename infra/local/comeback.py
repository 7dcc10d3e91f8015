"""When a process that died is started again: at once at first, then later and later."""

from __future__ import annotations

from dataclasses import dataclass

FIRST, LONGEST, FORGIVEN_AFTER = 0.5, 30.0, 60.0
"""Seconds: the first pause, the longest one, and how long a process must live for a fresh start."""


@dataclass(slots=True)
class Comeback:
    """The pauses of one process; `due` is when to start it again, on the caller's clock, if it is dead."""

    pause: float = FIRST
    due: float | None = None

    def died(self, *, now: float, lived: float) -> float:
        """Note a death; answers the pause before the next start."""
        pause = FIRST if lived >= FORGIVEN_AFTER else self.pause
        self.pause = min(pause * 2, LONGEST)
        self.due = now + pause
        return pause

    def is_due(self, now: float) -> bool:
        return self.due is not None and now >= self.due

    def started(self) -> None:
        self.due = None
