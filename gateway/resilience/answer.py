"""An answer on its way through, which tells at its end how it went."""

from __future__ import annotations

from collections.abc import Callable

from gateway.resilience.pool import speaks_against
from gateway.upstream import BrokenAnswerError, UpstreamResponse

Settle = Callable[[int, int | None, bool], None]
"""Called with the number of the instance, the era of the breaker (None: it knows already), and whether all was well."""


class Answer:
    """An UpstreamResponse. Begun well, its call counts as well unless it breaks off; its client may leave."""

    __slots__ = ("_broke", "_era", "_inner", "_number", "_settle", "authority", "headers", "status")

    def __init__(self, inner: UpstreamResponse, number: int, era: int | None, settle: Settle) -> None:
        self._inner, self._number, self._era = inner, number, era
        self._settle: Settle | None = settle
        self.authority, self.headers, self.status = inner.authority, inner.headers, inner.status
        self._broke = False

    @property
    def finished(self) -> bool:
        return self._inner.finished

    def at_once(self) -> bytes | None:
        return self._inner.at_once()

    async def read(self) -> bytes:
        try:
            return await self._inner.read()
        except BrokenAnswerError:
            self._broke = True
            raise

    def close(self) -> None:
        self._inner.close()
        settle, self._settle = self._settle, None
        if settle is not None:
            settle(self._number, self._era, not (self._broke or speaks_against(self._inner)))
