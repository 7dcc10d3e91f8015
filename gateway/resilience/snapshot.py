"""What can be seen of one service from outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.policy.rules import RateClass
from gateway.resilience.breaker import BreakerState


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The state of one service as the gateway sees it; for `/status` and metrics."""

    breaker: BreakerState
    instances: int
    ejected: int
    working: int
    """Calls whose answer has not begun, long polls apart."""
    waiting: int
    """Long polls."""
    in_flight: int
    """All of these, and answers that still flow."""
    limit: int
    """As many may be working at once."""
    retries: int
    """Since the start of the process; so are the counts below."""
    refused_open: int
    """While the breaker was open."""
    shed: Mapping[RateClass, int]
    """Refused because there was too much to do."""
