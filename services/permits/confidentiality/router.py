"""HTTP of withholding."""

from typing import Annotated

from fastapi import Query, Response

from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page
from services.permits.auth import Reader, Reviewer, Submitter
from services.permits.confidentiality import service, views
from services.permits.confidentiality.errors import (
    PermitVersionSuperseded,
    WithholdingFourEyes,
    WithholdingInvalid,
    WithholdingNotFound,
    WithholdingStepNotOpen,
)
from services.permits.confidentiality.schemas import (
    DecisionCreate,
    LiftingCreate,
    WithholdingCreate,
    WithholdingRead,
    WithholdingState,
)
from services.permits.permits.errors import PermitNotFound

router = new_router("/v1/permits/withholdings", tag="withholdings")
of_permits = new_router("/v1/permits/permits", tag="withholdings")


@of_permits.post(
    "/{permit_number}/withholdings",
    summary="申请部分内容不予公开 Ask to withhold texts from the public",
    status_code=201,
    response_model=WithholdingRead,
    responses=problem_responses(PermitNotFound, PermitVersionSuperseded, WithholdingInvalid),
)
@also_checked_by(service.also_wrong)
async def request_withholding(
    permit_number: str,
    content: WithholdingCreate,
    submitter: Submitter,
    session: Session,
    response: Response,
) -> object:
    made = await service.request(session, submitter, content, number=permit_number)
    response.headers["location"] = f"/v1/permits/withholdings/{made.id}"
    return made


@router.get("", summary="不予公开申请 List requests to withhold", response_model=Page[WithholdingRead])
async def list_withholdings(
    reader: Reader,
    session: Session,
    paging: Paging,
    permit_number: Annotated[str | None, Query(max_length=22)] = None,
    state: WithholdingState | None = None,
) -> object:
    return await service.listing(session, reader.rows, query=paging, permit_number=permit_number, state=state)


@router.get(
    "/{withholding_id}",
    summary="一份不予公开申请 A request to withhold",
    response_model=WithholdingRead,
    responses=problem_responses(WithholdingNotFound),
)
async def read_withholding(withholding_id: Id, reader: Reader, session: Session) -> object:
    return views.view_of(await service.get(session, reader.rows, withholding_id))


@router.post(
    "/{withholding_id}/decision",
    summary="审查不予公开申请 Decide on a request to withhold",
    status_code=201,
    response_model=WithholdingRead,
    responses=problem_responses(
        WithholdingNotFound, WithholdingStepNotOpen, WithholdingFourEyes, WithholdingInvalid
    ),
)
@also_checked_by(service.decision_also_wrong)
async def decide_on_withholding(
    withholding_id: Id, content: DecisionCreate, reviewer: Reviewer, session: Session
) -> object:
    return await service.decide(session, reviewer, content, withholding_id=withholding_id)


@router.post(
    "/{withholding_id}/lifting",
    summary="恢复公开 Make withheld texts public again",
    status_code=201,
    response_model=WithholdingRead,
    responses=problem_responses(WithholdingNotFound, WithholdingStepNotOpen),
)
async def lift_withholding(
    withholding_id: Id, content: LiftingCreate, reviewer: Reviewer, session: Session
) -> object:
    return await service.lift(session, reviewer, content, withholding_id=withholding_id)
