"""How many calls a service is given at once: as many as it answers in good time. Pure.

After Netflix's concurrency-limits and Envoy's adaptive concurrency, by gradient: each answer's time is held
against what is usual for its own route, so that a slow report among quick reads is no sign of load. While answers
take no longer than `tolerance` times the usual, the limit grows; beyond, it shrinks in proportion.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

DOWN, UP, DRIFT = 0.1, 0.01, 1.002
"""How fast the usual time follows quicker answers, slower ones at little load, and slow ones at full load."""
MOST_SLOWNESS = 10.0
MOST_CUT = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcurrencyRules:
    """Limits in calls, times in seconds."""

    initial: int = 200
    minimum: int = 32
    maximum: int = 512
    tolerance: float = 3.0
    window_seconds: float = 0.5
    minimum_samples: int = 10
    quick_seconds: float = 0.05
    """Nothing is usual below this: noise in quick answers is no sign of load, nor a reason to refuse anybody."""


class ConcurrencyLimit:
    """The limit of one service; `sample` moves it, once a window."""

    def __init__(self, rules: ConcurrencyRules) -> None:
        self._rules = rules
        self._limit = float(min(max(rules.initial, rules.minimum), rules.maximum))
        self._usual: dict[int, float] = {}
        self._slowness = 0.0
        self._samples = self._peak = 0
        self._window_ends = 0.0

    @property
    def limit(self) -> float:
        return self._limit

    def sample(self, route: int, seconds: float, in_flight: int, now: float) -> None:
        """An answer's head came after `seconds`, on `route` (any number for it), with `in_flight` calls under way."""
        usual = self._usual.get(route)
        if usual is None:
            usual = self._usual[route] = seconds
        elif seconds < usual:
            self._usual[route] = usual + (seconds - usual) * DOWN
        elif in_flight * 2 < self._limit:
            self._usual[route] = usual + (min(seconds, usual * MOST_SLOWNESS) - usual) * UP
        quick = self._rules.quick_seconds
        slowness = seconds / (usual if usual > quick else quick)  # max() and min() take three times as long
        self._slowness += slowness if slowness < MOST_SLOWNESS else MOST_SLOWNESS
        self._samples += 1
        if in_flight > self._peak:
            self._peak = in_flight
        if now >= self._window_ends and self._samples >= self._rules.minimum_samples:
            self._close(now)

    def _close(self, now: float) -> None:
        rules, slowness = self._rules, self._slowness / self._samples
        if self._peak * 2 >= self._limit:  # else the limit is not what held the load
            if slowness > rules.tolerance:
                self._limit *= max(MOST_CUT, rules.tolerance / slowness)
                # What stays slow for minutes, however little it is given, has become the usual.
                self._usual = {route: usual * DRIFT for route, usual in self._usual.items()}
            else:
                self._limit += sqrt(self._limit)
            self._limit = min(max(self._limit, rules.minimum), rules.maximum)
        self._slowness = 0.0
        self._samples = self._peak = 0
        self._window_ends = now + rules.window_seconds
