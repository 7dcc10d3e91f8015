"""HTTP of replacements of certificates (补办)."""

from typing import Annotated, Literal

from fastapi import Query, Response

from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page
from services.permits.auth import Reader, Registrar, Submitter
from services.permits.endings.errors import PermitNotInForce
from services.permits.permits.errors import PermitNotFound
from services.permits.replacements import service
from services.permits.replacements.errors import (
    ReplacementInvalid,
    ReplacementIssued,
    ReplacementNotFound,
    ReplacementOpen,
)
from services.permits.replacements.schemas import ReplacementCreate, ReplacementRead, ReplacementState

router = new_router("/v1/permits/certificate-replacements", tag="replacements")


@router.get("", summary="补办列表 List replacements of certificates", response_model=Page[ReplacementRead])
async def list_replacements(
    reader: Reader,
    session: Session,
    paging: Paging,
    permit_number: Annotated[str | None, Query(max_length=22)] = None,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    state: ReplacementState | None = None,
    overdue: Annotated[
        Literal["true"] | None,
        Query(description="only those of permits in force whose certificate was not given by `due_on`"),
    ] = None,
) -> object:
    return await service.listing(
        session,
        reader.rows,
        query=paging,
        permit_number=permit_number,
        uscc=uscc,
        state=state,
        overdue=overdue is not None,
    )


@router.post(
    "",
    summary="申请补办许可证 Ask for a replacement of a certificate",
    status_code=201,
    response_model=ReplacementRead,
    responses=problem_responses(PermitNotFound, PermitNotInForce, ReplacementOpen, ReplacementInvalid),
)
@also_checked_by(service.also_wrong)
async def request_replacement(
    content: ReplacementCreate, submitter: Submitter, session: Session, response: Response
) -> object:
    asked = await service.request(session, submitter, content)
    response.headers["location"] = f"/v1/permits/certificate-replacements/{asked.id}"
    return asked


@router.get(
    "/{replacement_id}",
    summary="补办事项 Read a replacement",
    response_model=ReplacementRead,
    responses=problem_responses(ReplacementNotFound),
)
async def read_replacement(replacement_id: Id, reader: Reader, session: Session) -> object:
    return await service.read(session, reader.rows, replacement_id)


@router.post(
    "/{replacement_id}/issue",
    summary="补发许可证 Issue a replacement",
    status_code=201,
    response_model=ReplacementRead,
    responses=problem_responses(ReplacementNotFound, ReplacementIssued, PermitNotInForce),
)
async def issue_replacement(replacement_id: Id, registrar: Registrar, session: Session) -> object:
    return await service.issue(session, registrar, replacement_id)
