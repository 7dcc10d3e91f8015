"""Who judges rows about a permit: the desk of their kind, as of now."""

from __future__ import annotations

import uuid
from typing import TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal
from services.permits.batches import repository
from services.permits.batches.desk import Desk
from services.permits.batches.views import permit_of
from services.permits.permits.models import Permit

AnyDesk = TypeVar("AnyDesk", bound=Desk)


async def desk_for(
    session: AsyncSession,
    principal: Principal,
    desk: type[AnyDesk],
    *,
    permit_number: str,
    batch_id: uuid.UUID | None = None,
) -> tuple[Permit, AnyDesk]:
    """The permit, which must be one that the caller may read, and its desk of this kind."""
    permit = await permit_of(session, principal.rows, permit_number)
    site = await repository.site_of(session, permit)
    return permit, desk(site, batch_id=batch_id, now=clock.now(), recorded_by=principal.subject)
