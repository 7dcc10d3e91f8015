"""What of a service's room each kind of call may use: when there is too much, bulk and devices are refused first,
then reads, and submissions last. Emergency's dispatches and incidents are submissions. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from gateway.policy.rules import RateClass
from gateway.resilience.concurrency import ConcurrencyLimit, ConcurrencyRules

SHARES: Mapping[RateClass, float] = MappingProxyType(
    {
        **dict.fromkeys(RateClass, 0.8),
        RateClass.BULK: 0.6,
        RateClass.DEVICES: 0.6,
        RateClass.SIGN_IN: 1.0,
        RateClass.SUBMISSIONS: 1.0,
    }
)


class Place(Enum):
    """What a call takes while its answer has not begun."""

    WORKING = 1
    """The service works on it: it counts against the adaptive limit."""
    WAITING = 2
    """A long poll costs the service little: only their number is bounded."""
    SENDING = 3
    """An upload that streams takes as long as its client likes, and must not shut the others out by that."""


class Load:
    """Counts what one service has to do.

    `open` is all of it and the answers that are still flowing to slow clients: bounded by the connections there are.
    """

    def __init__(self, rules: ConcurrencyRules, *, most_open: int, most_waiting: int) -> None:
        self.concurrency = ConcurrencyLimit(rules)
        self._most_open, self._most_waiting = most_open, most_waiting
        self.working = self.waiting = self.open = 0

    def enter(self, rate: RateClass, place: Place) -> bool:
        """Whether there is room; if so it is taken, until `begun` and then `left`."""
        share = SHARES[rate]
        if self.open >= self._most_open * share:
            return False
        if place is Place.WORKING:
            if self.working >= self.concurrency.limit * share:
                return False
            self.working += 1
        elif place is Place.WAITING:
            if self.waiting >= self._most_waiting:
                return False
            self.waiting += 1
        self.open += 1
        return True

    def begun(self, place: Place, *, route: int = 0, seconds: float | None = None, now: float = 0.0) -> None:
        """The answer has begun, or there will be none. `seconds`, where given, tell how loaded the service is."""
        if place is Place.WORKING:
            if seconds is not None:
                self.concurrency.sample(route, seconds, self.working, now)
            self.working -= 1
        elif place is Place.WAITING:
            self.waiting -= 1

    def left(self) -> None:
        """The answer is over, or there was none."""
        self.open -= 1
