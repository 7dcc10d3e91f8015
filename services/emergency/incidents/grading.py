"""Use case of the duty officer: grade an incident by the table of the day on which it happened."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.incidents import repository, rules, service
from services.emergency.incidents.errors import (
    GradeUndecided,
    IncidentInvalid,
    IncidentNotFound,
    NoGradeTable,
)
from services.emergency.incidents.events import INCIDENT_GRADED
from services.emergency.incidents.grade_tables import shipped
from services.emergency.incidents.models import Grading, Incident
from services.emergency.incidents.schemas import GradingCreate
from services.kit import clock
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.kit.ids import new_id


async def grade(
    session: AsyncSession, principal: Principal, content: GradingCreate, *, incident_id: uuid.UUID
) -> Grading:
    """Adds a grading with its explanation and gives the incident its grade. The last one holds."""
    incident = await repository.lock(session, incident_id)
    if incident is None:
        raise IncidentNotFound()
    given, table, fired = _decide(incident, content)
    before = service.image(incident)
    grading = Grading(
        id=new_id(),
        incident_id=incident.id,
        grade=given,
        table=table,
        facts=content.model_dump(mode="json", exclude_none=True),
        fired=fired,
        graded_by=principal.subject,
        graded_at=clock.now(),
    )
    session.add(grading)
    incident.grade, incident.grade_table = given, table
    await session.flush()
    service.tell(session, principal, incident, kind=INCIDENT_GRADED, before=before)
    return grading


def _decide(incident: Incident, content: GradingCreate) -> tuple[rules.Grade, str, list[dict[str, Any]]]:
    table = rules.table_on(shipped(), incident.happened_at.astimezone(clock.CITY_TIME).date())
    if table is None:
        raise NoGradeTable()
    facts = {
        name: Decimal(value) if isinstance(value, int) else value
        for name, value in content.model_dump().items()
    }
    found = Findings()
    rules.check_facts(found, facts)
    found.raise_if_any(IncidentInvalid)
    given, fired = rules.grade_of(table, facts)
    if given is None:
        raise GradeUndecided(table=table.id)
    rows = [
        {
            **{name: asdict(row)[name] for name in ("grade", "fact", "text", "verified")},
            "value": str(facts[row.fact]),
        }
        for row in fired
    ]
    return given, table.id, rows
