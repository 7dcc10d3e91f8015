"""HTTP of EIA documents."""

from typing import Annotated

from fastapi import Query, Response

from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page
from services.permits.auth import Reader, Registrar, Reviewer, Submitter
from services.permits.eia import service
from services.permits.eia.errors import EiaExists, EiaFourEyes, EiaInvalid, EiaNotFound, EiaVerified
from services.permits.eia.schemas import EiaCreate, EiaRead, EiaState, EiaVerificationCreate
from services.permits.enterprises.errors import EnterpriseNotFound

router = new_router("/v1/permits/eia", tag="eia")


@router.get("", summary="环评批复与备案列表 List EIA documents", response_model=Page[EiaRead])
async def list_eia(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18, description="of one enterprise")] = None,
    state: EiaState | None = None,
) -> object:
    return await service.listing(session, reader.rows, query=paging, uscc=uscc, state=state)


@router.get(
    "/{eia_id}",
    summary="环评批复或备案 Read an EIA document",
    response_model=EiaRead,
    responses=problem_responses(EiaNotFound),
)
async def read_eia(eia_id: Id, reader: Reader, session: Session) -> object:
    return await service.read(session, reader.rows, eia_id=eia_id)


@router.post(
    "",
    summary="登记环评批复或备案 Register an EIA document",
    status_code=201,
    response_model=EiaRead,
    responses=problem_responses(EnterpriseNotFound, EiaExists, EiaInvalid),
)
@also_checked_by(service.also_wrong)
async def register_eia(
    content: EiaCreate, registrar: Registrar, session: Session, response: Response
) -> object:
    document = await service.register(session, registrar, content)
    response.headers["location"] = f"/v1/permits/eia/{document.id}"
    return document


@router.post(
    "/statements",
    summary="企业申报环评批复或备案 State one's own EIA",
    status_code=201,
    response_model=EiaRead,
    responses=problem_responses(EnterpriseNotFound, EiaExists, EiaInvalid),
)
@also_checked_by(service.also_wrong)
async def state_eia(content: EiaCreate, submitter: Submitter, session: Session, response: Response) -> object:
    document = await service.state(session, submitter, content)
    response.headers["location"] = f"/v1/permits/eia/{document.id}"
    return document


@router.post(
    "/{eia_id}/verification",
    summary="核实企业申报的环评 Verify what an enterprise stated",
    status_code=201,
    response_model=EiaRead,
    responses=problem_responses(EiaNotFound, EiaVerified, EiaFourEyes, EiaInvalid),
)
async def verify_eia(
    eia_id: Id, content: EiaVerificationCreate, reviewer: Reviewer, session: Session
) -> object:
    return await service.verify(session, reviewer, content, eia_id=eia_id)
