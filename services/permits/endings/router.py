"""HTTP of ends of permits: 撤销, 撤回, 吊销, 注销, and the bar that may follow."""

from typing import Annotated

from fastapi import Query, Response

from services.kit import clock
from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Day, Id, Page
from services.permits.auth import Approver, CityReader, OfTheCityOnly, Reader, Reviewer
from services.permits.endings import approval, service, views
from services.permits.endings.errors import (
    AlreadyDecided,
    EndingFourEyes,
    EndingInvalid,
    EndingNotFound,
    EndingNotOpen,
    EndingStepNotOpen,
    HearingOpen,
    NoticeNeeded,
    ProposalOpen,
)
from services.permits.endings.grounds import grounds
from services.permits.endings.rules import Kind
from services.permits.endings.schemas import (
    BarAnswer,
    EndingCreate,
    EndingDecisionCreate,
    EndingRead,
    EndingState,
    GroundList,
    PermitToCancel,
)
from services.permits.enterprises import service as enterprises
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.permits.errors import PermitNotFound

router = new_router("/v1/permits/endings", tag="endings")
ending_grounds = new_router("/v1/permits/ending-grounds", tag="endings")
bars = new_router("/v1/permits/enterprises", tag="endings")


@ending_grounds.get(
    "", summary="终止许可的法定理由 List grounds on which permits end", response_model=GroundList
)
async def list_ending_grounds() -> object:
    return views.ground_list(grounds())


@router.get("", summary="撤销、撤回、吊销、注销 List ends of permits", response_model=Page[EndingRead])
async def list_endings(
    reader: Reader,
    session: Session,
    paging: Paging,
    permit_number: Annotated[str | None, Query(max_length=22)] = None,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    kind: Kind | None = None,
    state: EndingState | None = None,
) -> object:
    return await service.listing(
        session, reader.rows, query=paging, permit_number=permit_number, uscc=uscc, kind=kind, state=state
    )


@router.get(
    "/awaiting-cancellation",
    summary="应注销的许可证 List permits that are to be cancelled",
    response_model=Page[PermitToCancel],
    responses=problem_responses(OfTheCityOnly),
)
async def list_permits_to_cancel(reader: CityReader, session: Session, paging: Paging) -> object:
    return await service.to_cancel(session, query=paging)


@router.post(
    "",
    summary="建议终止许可证 Propose to end a permit",
    status_code=201,
    response_model=EndingRead,
    responses=problem_responses(PermitNotFound, EndingNotOpen, ProposalOpen, EndingInvalid),
)
@also_checked_by(service.also_wrong)
async def propose_ending(
    content: EndingCreate, reviewer: Reviewer, session: Session, response: Response
) -> object:
    proposed = await service.propose(session, reviewer, content)
    response.headers["location"] = f"/v1/permits/endings/{proposed.id}"
    return proposed


@router.get(
    "/{ending_id}",
    summary="终止事项 Read an end of a permit",
    response_model=EndingRead,
    responses=problem_responses(EndingNotFound),
)
async def read_ending(ending_id: Id, reader: Reader, session: Session) -> object:
    return await service.read(session, reader.rows, ending_id)


@router.post(
    "/{ending_id}/decision",
    summary="决定是否终止 Decide on a proposal to end a permit",
    status_code=201,
    response_model=EndingRead,
    responses=problem_responses(
        EndingNotFound,
        AlreadyDecided,
        EndingFourEyes,
        EndingStepNotOpen,
        NoticeNeeded,
        HearingOpen,
        EndingNotOpen,
        EndingInvalid,
    ),
)
async def decide_ending(
    ending_id: Id, content: EndingDecisionCreate, approver: Approver, session: Session
) -> object:
    return await approval.decide(session, approver, content, ending_id=ending_id)


@bars.get(
    "/{uscc}/bar",
    summary="三年内不得申请 Whether an enterprise is barred from applying",
    response_model=BarAnswer,
    responses=problem_responses(EnterpriseNotFound),
)
async def read_bar(
    uscc: str, reader: Reader, session: Session, on: Annotated[Day | None, Query()] = None
) -> object:
    enterprise = await enterprises.get(session, reader, uscc=uscc)
    day = on or clock.today()
    return BarAnswer(uscc=enterprise.uscc, on=day, bar=await service.bar_of(session, enterprise.uscc, day))
