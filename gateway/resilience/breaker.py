"""A circuit breaker (Nygard, Release It!, chapter 5): calls that are sure to fail are refused at once. Pure.

closed ── enough calls, too many failed ──▶ open ── its time is over ──▶ half open ── probes succeed ──▶ closed
                                             ▲                               │
                                             └────── a probe fails ──────────┘   open for twice as long
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gateway.resilience.window import RollingCount


class BreakerState(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerRules:
    """When it opens, and for how long (seconds)."""

    window_seconds: float = 10.0
    minimum_calls: int = 20
    """Fewer calls within the window say nothing."""
    failure_ratio: float = 0.5
    open_seconds: float = 2.0
    """The first time; twice as long after each probe that failed."""
    most_open_seconds: float = 30.0
    probes: int = 2
    """Successful ones, one after the other, that close it."""


class Breaker:
    """One service's. Every call that `admit` lets pass ends in exactly one of `succeeded`, `failed`, `abandoned`."""

    def __init__(self, rules: BreakerRules) -> None:
        self._rules = rules
        self._calls = RollingCount(rules.window_seconds)
        self._failures = RollingCount(rules.window_seconds)
        self._state = BreakerState.CLOSED
        self._era = 0
        self._open_until = 0.0
        self._times_open = 0
        self._probing = False
        self._probes_passed = 0

    def admit(self, now: float, *, may_probe: bool = True) -> int | None:
        """The era in which the call begins, to be given back with its outcome; None: refused.

        `may_probe` is False for a call that says little or late whether the service is well.
        """
        if self._state is BreakerState.CLOSED:
            return self._era
        if self.state(now) is BreakerState.OPEN or self._probing or not may_probe:
            return None
        if self._state is BreakerState.OPEN:
            self._turn(BreakerState.HALF_OPEN)
        self._probing = True
        return self._era

    def succeeded(self, era: int, now: float) -> None:
        if era != self._era:
            return  # begun before the state last changed: says nothing of the service as it is now
        if self._state is BreakerState.CLOSED:
            self._calls.add(now)
            return
        self._probing = False
        self._probes_passed += 1
        if self._probes_passed >= self._rules.probes:
            self._times_open = 0
            self._turn(BreakerState.CLOSED)

    def failed(self, era: int, now: float) -> None:
        if era != self._era:
            return
        if self._state is BreakerState.HALF_OPEN:
            self._open(now)
            return
        self._calls.add(now)
        self._failures.add(now)
        calls = self._calls.total(now)
        if (
            calls >= self._rules.minimum_calls
            and self._failures.total(now) >= self._rules.failure_ratio * calls
        ):
            self._open(now)

    def abandoned(self, era: int) -> None:
        """The call ended without telling anything: its client left, or it was shed."""
        if era == self._era:
            self._probing = False

    @property
    def closed(self) -> bool:
        return self._state is BreakerState.CLOSED

    @property
    def probing(self) -> bool:
        """Whether the one call that may pass is under way."""
        return self._probing

    def state(self, now: float) -> BreakerState:
        """As a call would find it: half open as soon as its time is over."""
        if self._state is BreakerState.OPEN and now >= self._open_until:
            return BreakerState.HALF_OPEN
        return self._state

    def seconds_left(self, now: float) -> float:
        """Until the next probe may pass; 0 where that is now or as soon as the present probe has ended."""
        return max(0.0, self._open_until - now) if self._state is BreakerState.OPEN else 0.0

    def _open(self, now: float) -> None:
        rules = self._rules
        doubled = rules.open_seconds * 2.0 ** min(self._times_open, 32)
        self._open_until = now + min(doubled, rules.most_open_seconds)
        self._times_open += 1
        self._turn(BreakerState.OPEN)

    def _turn(self, state: BreakerState) -> None:
        self._state = state
        self._era += 1
        self._probing = False
        self._probes_passed = 0
        self._calls.clear()
        self._failures.clear()
