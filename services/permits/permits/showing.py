"""Use case: a permit as its readers see it, with the clock of its renewal."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.permits.endings import service as endings
from services.permits.endings.rules import ENDED
from services.permits.permits import repository
from services.permits.permits.schemas import PermitRead
from services.permits.radar import service as radar


async def with_renewal(session: AsyncSession, permit: PermitRead) -> PermitRead:
    """Whichever version is read: by when the permit is renewed, as of today; unless it was ended."""
    newest = await repository.version_numbered(session, permit.id, permit.current_version)
    if newest is None or await endings.standing_of(session, permit.id, clock.today()) in ENDED:
        return permit
    renewal = await radar.renewal_clock(session, permit.permit_number, newest.valid_to)
    return permit.model_copy(update={"renewal": renewal})
