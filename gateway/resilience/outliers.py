"""Several instances of one service: which of them to ask, and which to leave alone for a while. Pure.

After Envoy's outlier detection: an instance that fails again and again is ejected, longer each time; never more
than a share of them at once, and where too few are left, ejections are ignored (panic).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlierRules:
    """When an instance is ejected, and for how long (seconds)."""

    consecutive_failures: int = 5
    ejection_seconds: float = 10.0
    """The first time; twice as long each time again."""
    most_ejection_seconds: float = 300.0
    most_ejected_share: float = 0.5
    panic_share: float = 0.5
    """With fewer healthy ones than this, all are asked."""


@dataclass(slots=True)
class _Standing:
    in_flight: int = 0
    failures: int = 0
    ejected_until: float = 0.0
    ejections: int = 0
    forgiven_at: float = 0.0


class Instances:
    """The instances of a service by number, from 0."""

    def __init__(self, count: int, rules: OutlierRules) -> None:
        if count < 1:
            raise ValueError("a service has at least one instance")
        self._rules = rules
        self._all = tuple(_Standing() for _ in range(count))

    def __len__(self) -> int:
        return len(self._all)

    def choose(self, now: float, below: Callable[[int], int], *, tried: Collection[int] = ()) -> int:
        """The less busy one of two that chance picked, if possible none of `tried`; `below(n)` gives 0 to n-1."""
        if len(self._all) == 1:
            return 0
        healthy = [number for number, one in enumerate(self._all) if now >= one.ejected_until]
        if len(healthy) < self._rules.panic_share * len(self._all) or not healthy:
            healthy = [*range(len(self._all))]
        # An ejected one may be well again; one that was tried just now is not.
        untried = [number for number in range(len(self._all)) if number not in tried]
        fresh = [number for number in healthy if number not in tried] or untried or healthy
        first = fresh[below(len(fresh))]
        second = fresh[below(len(fresh))]
        return first if self._all[first].in_flight <= self._all[second].in_flight else second

    def began(self, number: int) -> None:
        self._all[number].in_flight += 1

    def ended(self, number: int) -> None:
        self._all[number].in_flight -= 1

    def in_flight(self) -> tuple[int, ...]:
        return tuple(one.in_flight for one in self._all)

    def succeeded(self, number: int, now: float) -> None:
        one = self._all[number]
        one.failures = 0
        if one.ejections and now >= one.forgiven_at:
            one.ejections = 0

    def failed(self, number: int, now: float) -> float:
        """Ejects it where that was one failure too many and enough others are left: for so many seconds, else 0."""
        one = self._all[number]
        one.failures += 1
        if one.failures < self._rules.consecutive_failures or now < one.ejected_until:
            return 0.0
        if len(self.ejected(now)) + 1 > self._rules.most_ejected_share * len(self._all):
            return 0.0
        doubled = self._rules.ejection_seconds * 2.0 ** min(one.ejections, 32)
        lasts = min(doubled, self._rules.most_ejection_seconds)
        one.ejected_until = now + lasts
        one.forgiven_at = one.ejected_until + lasts
        one.ejections += 1
        one.failures = 0
        return lasts

    def ejected(self, now: float) -> tuple[int, ...]:
        """Those that are left alone at the moment, unless there is panic."""
        return tuple(number for number, one in enumerate(self._all) if now < one.ejected_until)
