"""Incidents as they are read."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.incidents import repository, rules
from services.emergency.incidents.errors import IncidentNotFound
from services.emergency.incidents.models import Incident
from services.emergency.incidents.schemas import GradingRead, IncidentRead, IncidentSummary


async def read(session: AsyncSession, *, incident_id: uuid.UUID) -> IncidentRead:
    found = await repository.by_id(session, incident_id)
    if found is None:
        raise IncidentNotFound()
    return await view(session, found)


async def view(session: AsyncSession, incident: Incident) -> IncidentRead:
    """The incident with every grading, and by when it had to be reported."""
    gradings = await repository.gradings_of(session, incident.id)
    due = rules.report_due_at(incident.known_at, rules.Grade(incident.grade)) if incident.grade else None
    return IncidentRead(
        **IncidentSummary.model_validate(incident).model_dump(),
        gradings=[GradingRead.model_validate(each.model_dump(exclude={"incident_id"})) for each in gradings],
        report_due_at=due,
    )
