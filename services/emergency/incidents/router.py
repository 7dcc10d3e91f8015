"""HTTP of incidents."""

from typing import Annotated

from fastapi import Query, Response

from services.emergency.auth import DutyOfficer, IncidentReader
from services.emergency.incidents import grading, repository, service, views
from services.emergency.incidents.errors import (
    GradeUndecided,
    IncidentClosed,
    IncidentInvalid,
    IncidentNotFound,
    IncidentNotSettled,
    NoGradeTable,
    ResponsibilityRecorded,
)
from services.emergency.incidents.schemas import (
    ClosureCreate,
    GradingCreate,
    IncidentCreate,
    IncidentRead,
    IncidentState,
    IncidentSummary,
    ResponsibilityCreate,
)
from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page

router = new_router("/v1/emergency/incidents", tag="incidents")


@router.get("", summary="突发环境事件列表 List incidents", response_model=Page[IncidentSummary])
async def list_incidents(
    _: IncidentReader,
    session: Session,
    paging: Paging,
    state: IncidentState | None = None,
    responsible_uscc: Annotated[str | None, Query(max_length=18)] = None,
) -> object:
    found, following = await repository.page_of(
        session, query=paging, state=state, responsible_uscc=responsible_uscc
    )
    return {"items": found, "next_cursor": following}


@router.post(
    "",
    summary="登记突发环境事件 Record an incident",
    status_code=201,
    response_model=IncidentRead,
    responses=problem_responses(IncidentInvalid),
)
@also_checked_by(service.of_record)
async def record_incident(
    content: IncidentCreate, officer: DutyOfficer, session: Session, response: Response
) -> object:
    incident = await service.record(session, officer, content)
    response.headers["location"] = f"/v1/emergency/incidents/{incident.id}"
    return await views.view(session, incident)


@router.get(
    "/{incident_id}",
    summary="突发环境事件 Read an incident",
    response_model=IncidentRead,
    responses=problem_responses(IncidentNotFound),
)
async def read_incident(incident_id: Id, _: IncidentReader, session: Session) -> object:
    return await views.read(session, incident_id=incident_id)


@router.post(
    "/{incident_id}/gradings",
    summary="事件分级 Grade an incident",
    status_code=201,
    response_model=IncidentRead,
    responses=problem_responses(IncidentNotFound, IncidentInvalid, NoGradeTable, GradeUndecided),
)
async def grade_incident(
    incident_id: Id, content: GradingCreate, officer: DutyOfficer, session: Session
) -> object:
    await grading.grade(session, officer, content, incident_id=incident_id)
    return await views.read(session, incident_id=incident_id)


@router.post(
    "/{incident_id}/responsibility",
    summary="认定责任单位 Record who answers for an incident",
    status_code=201,
    response_model=IncidentRead,
    responses=problem_responses(IncidentNotFound, ResponsibilityRecorded),
)
async def record_responsibility(
    incident_id: Id, content: ResponsibilityCreate, officer: DutyOfficer, session: Session
) -> object:
    incident = await service.record_responsibility(session, officer, content, incident_id=incident_id)
    return await views.view(session, incident)


@router.post(
    "/{incident_id}/closure",
    summary="终止应急响应 Close an incident",
    status_code=201,
    response_model=IncidentRead,
    responses=problem_responses(IncidentNotFound, IncidentClosed, IncidentNotSettled),
)
async def close_incident(
    incident_id: Id, content: ClosureCreate, officer: DutyOfficer, session: Session
) -> object:
    incident = await service.close(session, officer, content, incident_id=incident_id)
    return await views.view(session, incident)
