"""The arithmetic of a sliding-window counter. Pure; times in seconds.

The window before the present one counts as much as the last `window` seconds still cover of it:

    used = previous × left / window + current          left: until the present window ends

so that no span of one window's length sees twice the quota, as with fixed windows it may. The `limits` library
counts in the same way, which is why one reading serves both stores.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, floor
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Quota:
    """So many requests in any `window` seconds."""

    name: str
    amount: int
    window: int
    quoted: bytes = field(init=False, repr=False, compare=False)
    """Its name as header fields have it."""
    policy: bytes = field(init=False, repr=False, compare=False)
    """What `RateLimit-Policy` says."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "quoted", f'"{self.name}"'.encode())
        object.__setattr__(self, "policy", f'"{self.name}";q={self.amount};w={self.window}'.encode())


class Reading(NamedTuple):
    """What a quota says to one request."""

    allowed: bool
    remaining: int
    reset: int
    """Seconds for which `remaining` has to last; where nothing remains, until something does."""


def read(quota: Quota, previous: int, current: int, left: float, *, allowed: bool) -> Reading:
    """The reading after a request was counted (`allowed`) or refused."""
    used = previous * left / quota.window + current
    remaining = max(0, quota.amount - floor(used))
    if remaining and allowed:
        return Reading(allowed, remaining, max(1, ceil(left)))
    return Reading(allowed, remaining, wait(quota, previous, current, left))


def has_room(quota: Quota, previous: int, current: int, left: float) -> bool:
    """Whether one more fits."""
    return floor(previous * left / quota.window + current) < quota.amount


def wait(quota: Quota, previous: int, current: int, left: float) -> int:
    """Whole seconds after which one more fits, if nobody else takes it; at least 1."""
    if current < quota.amount:
        # previous × (left - t) / window < amount - current
        needed = left - (quota.amount - current) * quota.window / previous if previous else 0.0
    else:
        # In the next window: current × (window - t) / window < amount
        needed = left + quota.window - quota.amount * quota.window / current
    seconds = max(1, floor(needed) + 1)
    # `needed` is rounded, perhaps to just below a whole second in which there is no room yet.
    return seconds if _has_room_after(seconds, quota, previous, current, left) else seconds + 1


def _has_room_after(seconds: int, quota: Quota, previous: int, current: int, left: float) -> bool:
    """If nobody takes anything meanwhile."""
    if seconds < left:
        return has_room(quota, previous, current, left - seconds)
    return seconds >= left + quota.window or has_room(quota, current, 0, left + quota.window - seconds)
