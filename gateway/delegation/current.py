"""Which delegations changed of late: the gateway refuses the tokens of an older version at once.

As with ended sessions (`gateway.sessions.ended`): in memory, told by notices, read again every few seconds.
"""

from __future__ import annotations

import time
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.delegation import repository
from gateway.delegation.rules import Authority
from gateway.recent import MOST, Recent
from services.kit import clock
from services.kit.telemetry import log

CHANNEL = "steppe_delegations_changed"


class CurrentDelegations:
    """The newest version of each delegation that changed while tokens of an older one may still hold."""

    def __init__(self, *, token_lifetime: timedelta, most: int = MOST) -> None:
        self._newest = Recent[int](
            token_lifetime=token_lifetime, most=most, overflow="changed_delegations_overflow"
        )

    def __len__(self) -> int:
        return len(self._newest)

    def is_stale(self, acting_for: str) -> bool:
        """Whether a token under this authority no longer holds; what is no authority never does."""
        try:
            authority = Authority.parse(acting_for)
        except ValueError:
            return True
        known = self._newest.get(authority.delegation_id)
        return known is not None and authority.version < known

    def heard(self, notice: str) -> None:
        """A delegation is now at this version. An older notice that comes late changes nothing."""
        try:
            authority = Authority.parse(notice)
        except ValueError:
            log.warning("delegation_notice_unread", notice=notice[:100])
            return
        known = self._newest.get(authority.delegation_id)
        if known is None or known < authority.version:
            self._newest.put(authority.delegation_id, authority.version)

    async def reread(self, session: AsyncSession) -> None:
        """Adds what the database knows and forgets what has become old."""
        moment, since = time.monotonic(), clock.now() - self._newest.keep
        for delegation_id, version in await repository.changed_since(session, since, limit=self._newest.most):
            self.heard(str(Authority(str(delegation_id), version)))
        self._newest.forget_before(moment)
