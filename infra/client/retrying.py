"""When a call is sent again: pure, so that the waiting is the client's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from infra.client.call import Call

_PASSING = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long."""

    attempts: int = 4
    first_wait: float = 0.2
    longest_wait: float = 10.0

    def wait(
        self, call: Call[Any], attempt: int, status: int | None, retry_after: float | None
    ) -> float | None:
        """Seconds until the next attempt; None where there is to be none.

        `attempt` counts from 1; `status` is None where the connection was lost and nothing is known. What was
        refused before any effect (429, 503) may be repeated whatever it is; the rest only where a repetition has no
        second effect (RFC 9110 9.2.2, Idempotency-Key).
        """
        if attempt >= self.attempts or (status is not None and status not in _PASSING):
            return None
        if status not in (429, 503) and not call.repeatable:
            return None
        own = self.first_wait * 2 ** (attempt - 1)
        wait = max(own, retry_after or 0)
        return wait if wait <= self.longest_wait else None
