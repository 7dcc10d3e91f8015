"""HTTP of violations."""

from datetime import date
from typing import Annotated

from fastapi import Query, Response

from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page
from services.permits.auth import Inspector, Reader
from services.permits.permits.errors import PermitNotFound
from services.permits.violations import service, views
from services.permits.violations.errors import (
    DismissalFourEyes,
    ViolationChanged,
    ViolationExists,
    ViolationInvalid,
    ViolationNotFound,
    ViolationStepNotOpen,
)
from services.permits.violations.schemas import (
    DismissalCreate,
    DismissalDecisionCreate,
    ResolutionCreate,
    ViolationCreate,
    ViolationDetail,
    ViolationKind,
    ViolationRead,
    ViolationState,
)

router = new_router("/v1/permits/violations", tag="violations")


@router.get("", summary="违法记录列表 List violations", response_model=Page[ViolationRead])
async def list_violations(
    reader: Reader,
    session: Session,
    paging: Paging,
    kind: ViolationKind | None = None,
    state: ViolationState | None = None,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    permit_number: Annotated[str | None, Query(max_length=22)] = None,
    report_id: Id | None = None,
    outlet_code: Annotated[str | None, Query(max_length=20)] = None,
    pollutant_code: Annotated[str | None, Query(max_length=20)] = None,
    period_from: Annotated[date | None, Query(description="whose period ends on this day or later")] = None,
    period_until: Annotated[
        date | None, Query(description="whose period begins on this day or earlier")
    ] = None,
    *,
    severe: bool | None = None,
    chronic: bool | None = None,
) -> object:
    return await views.listing(
        session,
        reader,
        query=paging,
        kind=kind,
        state=state,
        uscc=uscc,
        permit_number=permit_number,
        report_id=report_id,
        outlet_code=outlet_code,
        pollutant_code=pollutant_code,
        period_from=period_from,
        period_until=period_until,
        severe=severe,
        chronic=chronic,
    )


@router.post(
    "",
    summary="登记现场发现的违法行为 Enter a violation found on site",
    status_code=201,
    response_model=ViolationDetail,
    responses=problem_responses(PermitNotFound, ViolationExists, ViolationInvalid),
)
@also_checked_by(service.also_wrong)
async def enter_violation(
    content: ViolationCreate, inspector: Inspector, session: Session, response: Response
) -> object:
    violation = await service.enter(session, inspector, content)
    response.headers["location"] = f"/v1/permits/violations/{violation.id}"
    return violation


@router.get(
    "/{violation_id}",
    summary="违法记录及其经过 Read a violation with its history",
    response_model=ViolationDetail,
    responses=problem_responses(ViolationNotFound),
)
async def read_violation(violation_id: Id, reader: Reader, session: Session) -> object:
    return await views.read(session, reader, violation_id)


@router.post(
    "/{violation_id}/resolutions",
    summary="确认已消除 Confirm that a violation is over",
    status_code=201,
    response_model=ViolationDetail,
    responses=problem_responses(ViolationNotFound, ViolationChanged, ViolationStepNotOpen, ViolationInvalid),
)
async def resolve_violation(
    violation_id: Id, content: ResolutionCreate, inspector: Inspector, session: Session
) -> object:
    return await service.resolve(session, inspector, content, violation_id=violation_id)


@router.post(
    "/{violation_id}/dismissals",
    summary="提请认定不成立 Propose a dismissal",
    status_code=201,
    response_model=ViolationDetail,
    responses=problem_responses(ViolationNotFound, ViolationChanged, ViolationStepNotOpen),
)
async def propose_dismissal(
    violation_id: Id, content: DismissalCreate, inspector: Inspector, session: Session
) -> object:
    return await service.propose_dismissal(session, inspector, content, violation_id=violation_id)


@router.post(
    "/{violation_id}/dismissals/decisions",
    summary="认定或维持 Decide on a proposed dismissal",
    status_code=201,
    response_model=ViolationDetail,
    responses=problem_responses(ViolationNotFound, ViolationChanged, ViolationStepNotOpen, DismissalFourEyes),
)
async def decide_dismissal(
    violation_id: Id, content: DismissalDecisionCreate, inspector: Inspector, session: Session
) -> object:
    return await service.decide_dismissal(session, inspector, content, violation_id=violation_id)
