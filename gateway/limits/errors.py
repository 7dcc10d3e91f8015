"""Refusals of the limits."""

from __future__ import annotations

from services.kit.problems import Problem
from services.kit.texts import Text

_WAIT = Text(zh="请在 {seconds} 秒后重试", en="Try again in {seconds} s")


class RateLimited(Problem):
    """The quota of the caller in this class of requests is used up: wait `retry_after_seconds`."""

    status = 429
    code = "rate_limited"
    title = Text(zh="请求过于频繁", en="Too many requests")

    def __init__(self, seconds: int, *, policy: str) -> None:
        super().__init__(
            _WAIT.format(seconds=seconds),
            headers={"Retry-After": str(seconds)},
            policy=policy,
            retry_after_seconds=seconds,
        )
