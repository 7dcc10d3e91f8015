"""Which delegations changed of late: the gateway refuses the tokens of an older version at once.

As with ended sessions (`gateway.sessions.ended`): told by notices, read again every few seconds.
"""

from __future__ import annotations

import time

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.delegation import repository
from services.kit import clock
from services.kit.authority import Authority
from services.kit.endings import CurrentDelegations

CHANNEL = "steppe_delegations_changed"


async def reread(current: CurrentDelegations, session: AsyncSession) -> None:
    """Adds what the database knows and forgets what has become old."""
    moment, since = time.monotonic(), clock.now() - current.recent.keep
    for delegation_id, version in await repository.changed_since(session, since, limit=current.recent.most):
        current.heard(str(Authority(str(delegation_id), version)))
    current.recent.forget_before(moment)
