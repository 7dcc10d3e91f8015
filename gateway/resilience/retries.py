"""Which failed calls may be made again, and after what pause. Pure.

A call is repeated where the service cannot have done it (no connection was had) or where doing it twice is doing
it once: a safe method (RFC 9110 9.2.1), or a small POST whose `Idempotency-Key` the service stores in the
transaction of its effect. Never once the head of an answer is there, and never for want of time.
"""

from __future__ import annotations

from collections.abc import Sequence

from gateway.upstream import Body, ConnectTimeout, NotConnected
from services.kit.problems import BadGateway, Problem

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_BODY_BYTES = 64 * 1024


def may_repeat(method: str, headers: Sequence[tuple[str, str]], body: Body, failure: Problem) -> bool:
    """Whether a call that ended in `failure`, before the head of an answer, may be made again."""
    if body is not None and not isinstance(body, bytes):
        return False  # a stream: what was taken from it is gone
    if isinstance(failure, NotConnected | ConnectTimeout):
        return True
    if not isinstance(failure, BadGateway):
        return False
    if method in SAFE_METHODS:
        return True
    small = body is None or len(body) <= MOST_BODY_BYTES
    return method == "POST" and small and any(name == "idempotency-key" for name, _ in headers)


def pause_before(number: int, chance: float, *, base_seconds: float, most_seconds: float) -> float:
    """Before retry `number` (from 1): exponential with full jitter; `chance` is drawn from [0, 1)."""
    return min(most_seconds, base_seconds * 2.0 ** (number - 1)) * chance
