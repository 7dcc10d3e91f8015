"""Which delegations changed of late: the gateway refuses the tokens of an older version at once.

As with ended sessions (`gateway.sessions.ended`): in memory, told by notices, read again every few seconds.
"""

from __future__ import annotations

import time
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.delegation import repository
from gateway.delegation.rules import Authority
from services.kit import clock
from services.kit.telemetry import log
from services.kit.tokens import LEEWAY_SECONDS

CHANNEL = "steppe_delegations_changed"
MOST = 100_000
_CLOCKS = timedelta(minutes=1)
"""How far the clocks of two gateways may be apart."""


class CurrentDelegations:
    """The newest version of each delegation that changed while tokens of an older one may still hold."""

    def __init__(self, *, token_lifetime: timedelta, most: int = MOST) -> None:
        self._keep = token_lifetime + timedelta(seconds=LEEWAY_SECONDS) + _CLOCKS
        self._most = most
        self._newest: dict[str, tuple[int, float]] = {}

    def __len__(self) -> int:
        return len(self._newest)

    def is_stale(self, acting_for: str) -> bool:
        """Whether a token under this authority no longer holds; what is no authority never does."""
        try:
            authority = Authority.parse(acting_for)
        except ValueError:
            return True
        known = self._newest.get(authority.delegation_id)
        return known is not None and authority.version < known[0]

    def heard(self, notice: str) -> None:
        """A delegation is now at this version. An older notice that comes late changes nothing."""
        try:
            authority = Authority.parse(notice)
        except ValueError:
            log.warning("delegation_notice_unread", notice=notice[:100])
            return
        known = self._newest.get(authority.delegation_id)
        if known is not None and known[0] >= authority.version:
            return
        self._newest.pop(authority.delegation_id, None)  # it goes to the end: the oldest stand first
        self._newest[authority.delegation_id] = (
            authority.version,
            time.monotonic() + self._keep.total_seconds(),
        )
        if len(self._newest) > self._most:
            del self._newest[next(iter(self._newest))]
            log.warning("changed_delegations_overflow", most=self._most)

    async def reread(self, session: AsyncSession) -> None:
        """Adds what the database knows and forgets what has become old."""
        moment = time.monotonic()
        since = clock.now() - self._keep
        for delegation_id, version in await repository.changed_since(session, since, limit=self._most):
            self.heard(str(Authority(str(delegation_id), version)))
        while self._newest and (oldest := next(iter(self._newest))) and self._newest[oldest][1] < moment:
            del self._newest[oldest]
