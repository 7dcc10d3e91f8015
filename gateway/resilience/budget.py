"""A budget for retries: they may add a share to the load of a service, and never multiply it. Pure.

After Linkerd and Envoy: a share of the calls of the last seconds, with a floor so that a quiet service is retried
at all. A retry is paid for when it is decided, so those that still wait their time are counted (envoy#30205).
"""

from __future__ import annotations

from gateway.resilience.window import RollingCount


class RetryBudget:
    """None is granted by which the retries of the window would be more than max(`floor`, `ratio` × its calls)."""

    def __init__(self, *, ratio: float, floor: int, window_seconds: float) -> None:
        self._ratio, self._floor = ratio, floor
        self._calls = RollingCount(window_seconds)
        self._retries = RollingCount(window_seconds)

    def called(self, now: float) -> None:
        """Counts one call, whatever becomes of it. Retries are no calls of their own."""
        self._calls.add(now)

    def spend(self, now: float) -> bool:
        """True, and paid for, where one more retry is within the budget."""
        allowed = max(float(self._floor), self._ratio * self._calls.total(now))
        if self._retries.total(now) + 1 > allowed:
            return False
        self._retries.add(now)
        return True
