"""Use case: one permit as its readers see it, with the clock of its renewal."""

from __future__ import annotations

from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.permits.endings.rules import ENDED
from services.permits.permits import service
from services.permits.permits.schemas import PermitRead
from services.permits.radar import service as radar


async def shown(session: AsyncSession, rows: RowScope, *, number: str, as_of: date | None) -> PermitRead:
    """The permit in the version that held on `as_of`; without a day its newest one, with by when it is renewed."""
    permit = await service.read(session, rows, number=number, as_of=as_of)
    if as_of is not None or permit.standing in ENDED:
        return permit
    renewal = await radar.renewal_clock(session, permit.permit_number, permit.valid_to)
    return permit.model_copy(update={"renewal": renewal})
