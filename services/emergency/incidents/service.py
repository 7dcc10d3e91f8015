"""Use cases of the duty officer: record an incident, name who answers for it, close it."""

from __future__ import annotations

import uuid
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.incidents import repository, rules
from services.emergency.incidents.errors import (
    IncidentClosed,
    IncidentInvalid,
    IncidentNotFound,
    IncidentNotSettled,
    ResponsibilityRecorded,
)
from services.emergency.incidents.events import (
    INCIDENT_CLOSED,
    INCIDENT_RECORDED,
    RESPONSIBILITY_RECORDED,
    IncidentFact,
    ResponsibilityFact,
)
from services.emergency.incidents.models import Incident
from services.emergency.incidents.schemas import (
    ClosureCreate,
    IncidentCreate,
    IncidentSummary,
    ResponsibilityCreate,
)
from services.emergency.stock.models import Location
from services.kit import audit, clock, events
from services.kit.auth import Principal
from services.kit.event_catalogue import EventType
from services.kit.findings import Findings
from services.kit.ids import new_id


async def get_open(session: AsyncSession, incident_id: uuid.UUID) -> Incident:
    """The incident, which stays open until this transaction ends."""
    incident = await repository.lock(session, incident_id, share=True)
    if incident is None:
        raise IncidentNotFound()
    if incident.state != rules.State.OPEN:
        raise IncidentClosed(closed_at=str(incident.closed_at))
    return incident


def findings_of(content: IncidentCreate) -> Findings:
    found = Findings()
    rules.check_moments(found, happened_at=content.happened_at, known_at=content.known_at, now=clock.now())
    return found


async def of_record(_: AsyncSession, __: Principal, content: IncidentCreate) -> Findings:
    """What the rules say about an incident whose shape is wrong in places."""
    return findings_of(content)


async def record(session: AsyncSession, principal: Principal, content: IncidentCreate) -> Incident:
    """Records an incident under the next number of its place and year, with its account in the ledger."""
    findings_of(content).raise_if_any(IncidentInvalid)
    year = content.happened_at.astimezone(clock.CITY_TIME).year
    serial = await repository.next_serial(session, region_code=content.region_code, year=year)
    incident = Incident(
        id=new_id(),
        number=f"{content.region_code}-{year}-{serial:03}",
        recorded_by=principal.subject,
        recorded_at=clock.now(),
        **content.model_dump(),
    )
    session.add(Location(id=incident.id, kind="incident"))
    await session.flush()
    session.add(incident)
    await session.flush()
    tell(session, principal, incident, kind=INCIDENT_RECORDED, before=None)
    return incident


async def record_responsibility(
    session: AsyncSession, principal: Principal, content: ResponsibilityCreate, *, incident_id: uuid.UUID
) -> Incident:
    """Names the enterprise that answers for the incident, open or closed; a second time it is 409."""
    incident = await repository.lock(session, incident_id)
    if incident is None:
        raise IncidentNotFound()
    if incident.responsible_uscc is not None:
        raise ResponsibilityRecorded(uscc=incident.responsible_uscc)
    before = image(incident)
    incident.responsible_uscc, incident.responsibility_basis = content.uscc, content.basis
    incident.responsibility_recorded_at = clock.now()
    await session.flush()
    _audit(session, principal, incident, kind=RESPONSIBILITY_RECORDED, before=before)
    fact = ResponsibilityFact(
        incident_id=incident.id,
        incident_number=incident.number,
        uscc=content.uscc,
        recorded_at=incident.responsibility_recorded_at,
        basis=content.basis,
        **incident.model_dump(include={"happened_at", "kind", "grade"}),
    )
    events.emit(
        session,
        kind=RESPONSIBILITY_RECORDED,
        subject=subject_of(incident),
        owner=content.uscc,
        fact=fact,
    )
    return incident


async def close(
    session: AsyncSession, principal: Principal, content: ClosureCreate, *, incident_id: uuid.UUID
) -> Incident:
    """Ends the response; 409 while goods are reserved for it, on the way to it or still there."""
    incident = await repository.lock(session, incident_id)
    if incident is None:
        raise IncidentNotFound()
    if incident.state == rules.State.CLOSED:
        raise IncidentClosed(closed_at=str(incident.closed_at))
    left = await repository.unsettled(session, incident.id)
    if left:
        raise IncidentNotSettled(open=left)
    before = image(incident)
    incident.state, incident.closed_at = rules.State.CLOSED, clock.now()
    incident.closing_note = content.note
    await session.flush()
    tell(session, principal, incident, kind=INCIDENT_CLOSED, before=before)
    return incident


def subject_of(incident: Incident) -> str:
    return f"/v1/emergency/incidents/{incident.id}"


def image(incident: Incident) -> dict[str, Any]:
    return IncidentSummary.model_validate(incident).model_dump(mode="json")


def tell(
    session: AsyncSession,
    principal: Principal,
    incident: Incident,
    *,
    kind: EventType,
    before: dict[str, Any] | None,
) -> None:
    """Audits a change of an incident and emits it; its responsible enterprise may read it."""
    _audit(session, principal, incident, kind=kind, before=before)
    kept = incident.model_dump(include=set(IncidentFact.model_fields))
    fact = IncidentFact(incident_id=incident.id, incident_number=incident.number, **kept)
    events.emit(
        session,
        kind=kind,
        subject=subject_of(incident),
        owner=incident.responsible_uscc,
        fact=fact,
    )


def _audit(
    session: AsyncSession,
    principal: Principal,
    incident: Incident,
    *,
    kind: EventType,
    before: dict[str, Any] | None,
) -> None:
    audit.record(
        session,
        principal,
        action=kind,
        entity="incident",
        entity_id=incident.id,
        owner=incident.responsible_uscc,
        before=before,
        after=image(incident),
    )
