"""What of a service's room each kind of call may use: when there is too much, bulk and devices are refused first,
then reads, and submissions last. Emergency's dispatches and incidents are submissions. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
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


class Load:
    """Counts what one service has to do.

    working ─ calls whose answer has not begun, under the adaptive limit
    waiting ─ long polls: they cost the service little, so only their number is bounded
    open    ─ all of these and answers that are still flowing to slow clients: bounded by the connections there are
    """

    def __init__(self, rules: ConcurrencyRules, *, most_open: int, most_waiting: int) -> None:
        self.concurrency = ConcurrencyLimit(rules)
        self._most_open, self._most_waiting = most_open, most_waiting
        self.working = self.waiting = self.open = 0

    def enter(self, rate: RateClass, *, waits: bool) -> bool:
        """Whether there is room; if so it is taken, until `begun` and then `left`."""
        share = SHARES[rate]
        if self.open >= self._most_open * share:
            return False
        if waits:
            if self.waiting >= self._most_waiting:
                return False
            self.waiting += 1
        elif self.working >= self.concurrency.limit * share:
            return False
        else:
            self.working += 1
        self.open += 1
        return True

    def begun(self, *, waits: bool) -> None:
        """The answer has begun, or there will be none."""
        if waits:
            self.waiting -= 1
        else:
            self.working -= 1

    def left(self) -> None:
        """The answer is over, or there was none."""
        self.open -= 1
