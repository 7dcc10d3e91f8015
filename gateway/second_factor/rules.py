"""Time-based one-time codes (TOTP, RFC 6238): six digits, steps of 30 seconds, SHA-1, as every authenticator has them.

Pure. A code is good once (RFC 6238 5.2): no step is accepted that is not later than the last one accepted.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection
from datetime import datetime

import pyotp

STEP_SECONDS, DIGITS = 30, 6
NEVER = -1
"""The last accepted step of a factor of which no code was used yet."""


def step_at(moment: datetime) -> int:
    """The number of the step that `moment` (aware) lies in, from 1970."""
    return int(moment.timestamp()) // STEP_SECONDS


def code_at(secret: str, step: int) -> str:
    """The code of a step; `secret` in base32."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS).generate_otp(step)


def accepted_step(secret: str, code: str, *, moment: datetime, drift: int, last: int) -> int | None:
    """The step whose code this is, within `drift` steps of the present one and after `last`; None: not accepted.

    Every step of the window is compared, so that the time taken does not tell which one it was.
    """
    present, found = step_at(moment), None
    for step in range(present - drift, present + drift + 1):
        same = hmac.compare_digest(code_at(secret, step).encode(), code.encode())
        if same and step > last and found is None:
            found = step
    return found


def needed(roles: Collection[str], *, of: Collection[str]) -> bool:
    """Whether somebody with these roles must have a second factor."""
    return not frozenset(of).isdisjoint(roles)
