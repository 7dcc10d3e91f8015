"""How guessing at sign-in is slowed down and stopped. Pure: counts and moments in, counts and moments out.

Attempts are counted before the password is looked at, so that a hundred at once are a hundred attempts and not one.
The first few cost nothing, each further one doubles the wait (1, 2, 4, … seconds), and at `lock_at` the name or the
address is locked for `lock`. A success takes its count back; a quiet time of `forget` takes back everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

NO_WAIT = timedelta(0)
LONGEST_DELAY = timedelta(minutes=1)
"""Of the slow-down; the lock is longer."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many attempts one account, or one address, gets."""

    free: int
    """Attempts in a row after which nothing has to be waited for."""
    lock_at: int
    """Attempts in a row that lock."""
    lock: timedelta
    forget: timedelta
    """A quiet time, after the last attempt and its wait, after which the count begins anew."""


@dataclass(frozen=True, slots=True)
class Tries:
    """Attempts in a row that did not succeed, those under way among them."""

    count: int
    last_at: datetime
    blocked_until: datetime


def delay(count: int, limit: Limit) -> timedelta:
    """How long after the `count`th attempt in a row the next one may come."""
    if count >= limit.lock_at:
        return limit.lock
    if count < limit.free:
        return NO_WAIT
    doublings = min(count - limit.free, 32)
    return min(timedelta(seconds=2**doublings), LONGEST_DELAY, limit.lock)


def wait(tries: Tries | None, moment: datetime) -> timedelta:
    """How long from `moment` until another attempt is looked at; zero where it may come now."""
    if tries is None or tries.blocked_until <= tries.last_at:
        return NO_WAIT  # nothing to wait for, also where another gateway's clock is a little ahead
    return max(tries.blocked_until - moment, NO_WAIT)


def charged(tries: Tries | None, moment: datetime, limit: Limit) -> Tries:
    """The count with one more attempt at `moment`, which must not be blocked."""
    known = 0 if tries is None or forgotten(tries, moment, limit) else tries.count
    count = known + 1
    return Tries(count, moment, moment + delay(count, limit))


def refunded(tries: Tries) -> Tries:
    """The count without one attempt, which succeeded after all; what others have used up stays."""
    return Tries(max(tries.count - 1, 0), tries.last_at, min(tries.blocked_until, tries.last_at))


def locked(tries: Tries, limit: Limit) -> bool:
    """Whether this attempt was the one that locks, or came after it."""
    return tries.count >= limit.lock_at


def forgotten(tries: Tries, moment: datetime, limit: Limit) -> bool:
    """Whether it has been quiet for so long that nothing of it counts."""
    return moment - max(tries.last_at, tries.blocked_until) >= limit.forget
