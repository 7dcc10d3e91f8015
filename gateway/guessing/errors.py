"""The refusal of a further attempt to sign in."""

from __future__ import annotations

import math
from datetime import timedelta

from services.kit.problems import Problem
from services.kit.texts import Text

_WAIT = Text(zh="请在 {seconds} 秒后再试", en="Try again in {seconds} s")


class TooManyTries(Problem):
    """The same for a name that exists and for one that does not. `error` is for OAuth libraries (RFC 6749 5.2)."""

    status = 429
    code = "too_many_tries"
    title = Text(zh="登录尝试过于频繁，已暂停", en="Too many attempts to sign in; wait before the next")

    def __init__(self, wait: timedelta) -> None:
        seconds = max(1, math.ceil(wait.total_seconds()))
        super().__init__(
            _WAIT.format(seconds=seconds),
            headers={"Retry-After": str(seconds)},
            error="invalid_grant",
            retry_after=seconds,
        )
