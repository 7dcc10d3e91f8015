"""Sign-ins that are over are forgotten, in rounds: the session with its refresh tokens and its app's codes, together.

Forgotten is what could not be accepted any more for a whole while. A used refresh token, or a code, is what a replay is
known by: it stays for as long as its session lives, however old it is.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.apps import repository as apps
from gateway.federation import repository as federation
from gateway.sessions import repository
from services.kit import clock
from services.kit.rounds import Round
from services.kit.telemetry import log

EVERY = timedelta(hours=1)
AT_ONCE = 500
MOST_A_ROUND = 100_000


def forgetting(kept: timedelta) -> list[Round]:
    """`kept`: how long a sign-in stays after its end, or after it ran out; for longer than access tokens live."""

    def before() -> datetime:
        return clock.now() - kept

    async def over(session: AsyncSession) -> Iterable[Sequence[uuid.UUID]]:
        found = await repository.over_before(session, before(), limit=MOST_A_ROUND)
        return [found[first : first + AT_ONCE] for first in range(0, len(found), AT_ONCE)]

    async def forget(session: AsyncSession, ids: Sequence[uuid.UUID]) -> None:
        gone = await repository.lock_over(session, ids, before())
        await apps.forget_codes(session, gone)
        await repository.forget(session, gone)
        log.info("sign_ins_forgotten", count=len(gone))

    async def used_up(session: AsyncSession) -> Iterable[int]:
        return range(await federation.batches_before(session, clock.now()))

    async def drop(session: AsyncSession, _: int) -> None:
        await federation.forget_before(session, clock.now())

    return [Round("forget_sign_ins", EVERY, over, forget), Round("forget_used_tokens", EVERY, used_up, drop)]
