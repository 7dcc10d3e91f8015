"""Which sign-ins were ended: the gateway refuses their access tokens at once, though these have minutes to live.

In memory, so that a request costs no query: every gateway hears of an end as it commits and reads all of the last
minutes again every few seconds. An end is forgotten when the last token of its session has expired.
"""

from __future__ import annotations

import time
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.sessions import repository
from services.kit import clock
from services.kit.telemetry import log
from services.kit.tokens import LEEWAY_SECONDS

CHANNEL = "steppe_sessions_ended"
MOST = 100_000
"""Ends that are remembered: some 20 MB."""
_CLOCKS = timedelta(minutes=1)
"""How far the clocks of two gateways may be apart."""


class EndedSessions:
    """The ids of sessions that were ended while their access tokens may still hold."""

    def __init__(self, *, token_lifetime: timedelta, most: int = MOST) -> None:
        self._keep = token_lifetime + timedelta(seconds=LEEWAY_SECONDS) + _CLOCKS
        self._most = most
        self._until: dict[str, float] = {}

    def __contains__(self, session_id: object) -> bool:
        return session_id in self._until

    def __len__(self) -> int:
        return len(self._until)

    def heard(self, session_id: str) -> None:
        """This session was ended just now, here or at another gateway."""
        self._until.pop(session_id, None)  # it goes to the end: the oldest stand first
        self._until[session_id] = time.monotonic() + self._keep.total_seconds()
        if len(self._until) > self._most:
            del self._until[next(iter(self._until))]
            log.warning("ended_sessions_overflow", most=self._most)

    async def reread(self, session: AsyncSession) -> None:
        """Adds what the database knows and forgets what has become old; an end that was heard of stays."""
        moment = time.monotonic()
        for session_id in await repository.ended_since(session, clock.now() - self._keep, limit=self._most):
            if str(session_id) not in self._until:
                self.heard(str(session_id))
        while self._until and (oldest := next(iter(self._until))) and self._until[oldest] < moment:
            del self._until[oldest]
