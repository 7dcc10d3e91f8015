"""Use case: everything that emergency knows of one enterprise, in one dated answer."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.overview import repository
from services.emergency.overview.errors import EnterpriseUnknown
from services.emergency.overview.schemas import IncidentAtAGlance, Overview
from services.kit import clock
from services.kit.auth import Principal


async def overview(session: AsyncSession, principal: Principal, *, uscc: str) -> Overview:
    """404 where the enterprise answers for no incident that the caller may see."""
    found = await repository.incidents_of(session, uscc, rows=principal.rows)
    if not found:
        raise EnterpriseUnknown()
    last = found[0]
    return Overview(
        as_of=clock.now(),
        uscc=uscc,
        incidents_responsible=len(found),
        open_incidents=sum(incident.state == "open" for incident in found),
        last_incident=IncidentAtAGlance.model_validate(
            last.model_dump(include=set(IncidentAtAGlance.model_fields))
        ),
    )
