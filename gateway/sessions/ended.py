"""Which sign-ins were ended: the gateway refuses their access tokens at once, though these have minutes to live.

Every gateway hears of an end as it commits and reads all of the last minutes again every few seconds. An end is
forgotten when the last token of its session has expired.
"""

from __future__ import annotations

import time

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.identity.repository import clients_disabled_since
from gateway.sessions import repository
from services.kit import clock
from services.kit.endings import EndedSessions

CHANNEL = "steppe_sessions_ended"


async def reread(ended: EndedSessions, session: AsyncSession) -> None:
    """Adds what the database knows and forgets what has become old; an end that was heard of stays."""
    moment, since = time.monotonic(), clock.now() - ended.recent.keep
    for session_id in await repository.ended_since(session, since, limit=ended.recent.most):
        if str(session_id) not in ended:
            ended.heard(str(session_id))
    for client_id in await clients_disabled_since(session, since):
        if client_id not in ended:
            ended.heard(client_id)
    ended.recent.forget_before(moment)
