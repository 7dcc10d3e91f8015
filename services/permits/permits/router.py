"""HTTP of permits."""

from typing import Annotated

from fastapi import Query, Response

from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Day, Page
from services.permits.auth import Reader, Registrar
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.permits import repository, service
from services.permits.permits.errors import PermitExists, PermitNotFound
from services.permits.permits.schemas import PermitCreate, PermitRead, PermitSummary

router = new_router("/v1/permits/permits", tag="permits")


@router.get("", summary="许可证列表 List permits", response_model=Page[PermitSummary])
async def list_permits(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18, description="of one enterprise")] = None,
) -> object:
    found, following = await repository.page_of(session, rows=reader.rows, query=paging, uscc=uscc)
    return {"items": found, "next_cursor": following}


@router.get(
    "/{permit_number}",
    summary="许可证正副本内容 Read a permit",
    response_model=PermitRead,
    responses=problem_responses(PermitNotFound),
)
async def read_permit(
    permit_number: str,
    reader: Reader,
    session: Session,
    as_of: Annotated[Day | None, Query(description="the version that held on this day")] = None,
) -> object:
    return await service.read(session, reader.rows, number=permit_number, as_of=as_of)


@router.post(
    "",
    summary="录入许可证 Enter an issued permit",
    status_code=201,
    response_model=PermitRead,
    responses=problem_responses(EnterpriseNotFound, PermitExists),
)
@also_checked_by(service.also_wrong)
async def issue_permit(
    content: PermitCreate, registrar: Registrar, session: Session, response: Response
) -> object:
    issued = await service.issue(session, registrar, content)
    response.headers["location"] = f"/v1/permits/permits/{issued.permit_number}"
    return issued
