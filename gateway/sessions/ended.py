"""Which sign-ins were ended: the gateway refuses their access tokens at once, though these have minutes to live.

In memory, so that a request costs no query: every gateway hears of an end as it commits and reads all of the last
minutes again every few seconds. An end is forgotten when the last token of its session has expired.
"""

from __future__ import annotations

import time
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.recent import MOST, Recent
from gateway.sessions import repository
from services.kit import clock

CHANNEL = "steppe_sessions_ended"


class EndedSessions:
    """The ids of sessions that were ended while their access tokens may still hold."""

    def __init__(self, *, token_lifetime: timedelta, most: int = MOST) -> None:
        self._ended = Recent[None](
            token_lifetime=token_lifetime, most=most, overflow="ended_sessions_overflow"
        )

    def __contains__(self, session_id: object) -> bool:
        return session_id in self._ended

    def __len__(self) -> int:
        return len(self._ended)

    def heard(self, session_id: str) -> None:
        """This session was ended just now, here or at another gateway."""
        self._ended.put(session_id, None)

    async def reread(self, session: AsyncSession) -> None:
        """Adds what the database knows and forgets what has become old; an end that was heard of stays."""
        moment, since = time.monotonic(), clock.now() - self._ended.keep
        for session_id in await repository.ended_since(session, since, limit=self._ended.most):
            if str(session_id) not in self._ended:
                self.heard(str(session_id))
        self._ended.forget_before(moment)
