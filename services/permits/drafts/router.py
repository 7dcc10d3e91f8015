"""HTTP of draft reports."""

from typing import Annotated

from fastapi import Query, Response

from services.kit.pages import Paging
from services.kit.problems import PreconditionFailed, PreconditionRequired
from services.kit.receipt_keys import Office
from services.kit.routing import IfMatch, Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page
from services.permits.auth import Filer, Submitter
from services.permits.drafts import repository, service, signing, views
from services.permits.drafts.errors import (
    DraftChanged,
    DraftEnded,
    DraftNotFound,
    DraftOpen,
    NothingToCorrect,
)
from services.permits.drafts.schemas import (
    DraftCreate,
    DraftRead,
    DraftState,
    DraftSummary,
    DraftUpdate,
    SignatureCreate,
)
from services.permits.obligations.errors import ObligationNotFound
from services.permits.reports.errors import (
    AlreadyReported,
    PeriodNotOver,
    ReportInvalid,
    StepNotOpen,
    VersionSuperseded,
)
from services.permits.reports.schemas import Submitted

router = new_router("/v1/permits/drafts", tag="drafts")


@router.get("", summary="执行报告草稿列表 List drafts", response_model=Page[DraftSummary])
async def list_drafts(
    filer: Filer,
    session: Session,
    paging: Paging,
    permit_number: Annotated[str | None, Query(max_length=22)] = None,
    state: DraftState | None = None,
) -> object:
    found, following = await repository.page_of(
        session, rows=filer.rows, query=paging, permit_number=permit_number, state=state
    )
    return {"items": found, "next_cursor": following}


@router.post(
    "",
    summary="填报草稿，待签署 File a report for signature",
    status_code=201,
    response_model=DraftRead,
    responses=problem_responses(
        ObligationNotFound, AlreadyReported, DraftOpen, NothingToCorrect, StepNotOpen, VersionSuperseded
    ),
)
async def file_draft(content: DraftCreate, filer: Filer, session: Session, response: Response) -> object:
    draft = await service.file(session, filer, content)
    response.headers["location"] = f"/v1/permits/drafts/{draft.id}"
    response.headers["etag"] = views.etag(draft)
    return draft


@router.get(
    "/{draft_id}",
    summary="执行报告草稿 Read a draft with its findings",
    response_model=DraftRead,
    responses=problem_responses(DraftNotFound),
)
async def read_draft(draft_id: Id, filer: Filer, session: Session, response: Response) -> object:
    draft = await views.read(session, filer.rows, draft_id=draft_id)
    response.headers["etag"] = views.etag(draft)
    return draft


@router.put(
    "/{draft_id}",
    summary="修改草稿 Change a draft",
    response_model=DraftRead,
    responses=problem_responses(DraftNotFound, DraftEnded, PreconditionFailed, PreconditionRequired),
)
async def change_draft(
    draft_id: Id,
    content: DraftUpdate,
    filer: Filer,
    session: Session,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    draft = await service.change(session, filer, content, draft_id=draft_id, if_match=if_match)
    response.headers["etag"] = views.etag(draft)
    return draft


@router.post(
    "/{draft_id}/discard",
    summary="作废草稿 Discard a draft",
    response_model=DraftRead,
    responses=problem_responses(DraftNotFound, DraftEnded, PreconditionFailed, PreconditionRequired),
)
async def discard_draft(
    draft_id: Id, filer: Filer, session: Session, response: Response, if_match: IfMatch = None
) -> object:
    draft = await service.discard(session, filer, draft_id=draft_id, if_match=if_match)
    response.headers["etag"] = views.etag(draft)
    return draft


@router.post(
    "/{draft_id}/signature",
    summary="签署并提交 Sign a draft: it becomes the report",
    status_code=201,
    response_model=Submitted,
    responses=problem_responses(
        DraftNotFound,
        DraftEnded,
        DraftChanged,
        AlreadyReported,
        PeriodNotOver,
        ReportInvalid,
        StepNotOpen,
        VersionSuperseded,
    ),
)
async def sign_draft(
    draft_id: Id,
    content: SignatureCreate,
    submitter: Submitter,
    session: Session,
    office: Office,
    response: Response,
) -> object:
    submitted = await signing.sign(session, submitter, content, draft_id=draft_id, office=office)
    response.headers["location"] = f"/v1/permits/reports/{submitted.report.id}"
    return submitted
