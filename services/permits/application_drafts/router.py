"""HTTP of draft applications."""

from typing import Annotated

from fastapi import Query, Response

from services.kit.pages import Paging
from services.kit.problems import PreconditionFailed, PreconditionRequired
from services.kit.receipt_keys import Office
from services.kit.routing import IfMatch, Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page
from services.permits.application_drafts import repository, service, signing, views
from services.permits.application_drafts.errors import ApplicationDraftInvalid, ApplicationDraftOpen
from services.permits.application_drafts.schemas import (
    ApplicationDraftCreate,
    ApplicationDraftRead,
    ApplicationDraftSummary,
    ApplicationDraftUpdate,
    ApplicationSignatureResults,
)
from services.permits.applications.errors import (
    ApplicationInvalid,
    ApplicationNotFound,
    ApplicationOpen,
    ApplicationStepNotOpen,
    ApplicationSuperseded,
)
from services.permits.applications.schemas import ApplicationKind, ApplicationRead
from services.permits.auth import Filer, Submitter
from services.permits.drafts.errors import DraftChanged, DraftEnded, DraftNotFound
from services.permits.drafts.schemas import DraftState, SignatureCreate, SignaturesCreate
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.permits.errors import PermitNotFound

router = new_router("/v1/permits/application-drafts", tag="applications")


@router.get("", summary="申请草稿列表 List draft applications", response_model=Page[ApplicationDraftSummary])
async def list_application_drafts(
    filer: Filer,
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    kind: ApplicationKind | None = None,
    state: DraftState | None = None,
) -> object:
    found, following = await repository.page_of(
        session, rows=filer.rows, query=paging, uscc=uscc, kind=kind, state=state
    )
    return {"items": found, "next_cursor": following}


@router.post(
    "",
    summary="填报申请草稿，待签署 File an application for signature",
    status_code=201,
    response_model=ApplicationDraftRead,
    responses=problem_responses(
        EnterpriseNotFound,
        PermitNotFound,
        ApplicationDraftOpen,
        ApplicationDraftInvalid,
        ApplicationNotFound,
        ApplicationStepNotOpen,
        ApplicationSuperseded,
    ),
)
async def file_application_draft(
    content: ApplicationDraftCreate, filer: Filer, session: Session, response: Response
) -> object:
    draft = await service.file(session, filer, content)
    response.headers["location"] = f"/v1/permits/application-drafts/{draft.id}"
    response.headers["etag"] = views.etag(draft)
    return draft


@router.get(
    "/{application_draft_id}",
    summary="申请草稿 Read a draft application with its findings",
    response_model=ApplicationDraftRead,
    responses=problem_responses(DraftNotFound),
)
async def read_application_draft(
    application_draft_id: Id, filer: Filer, session: Session, response: Response
) -> object:
    draft = await views.view(session, filer, await views.get(session, filer.rows, application_draft_id))
    response.headers["etag"] = views.etag(draft)
    return draft


@router.put(
    "/{application_draft_id}",
    summary="修改申请草稿 Change a draft application",
    response_model=ApplicationDraftRead,
    responses=problem_responses(
        DraftNotFound, DraftEnded, ApplicationDraftOpen, PreconditionFailed, PreconditionRequired
    ),
)
async def change_application_draft(
    application_draft_id: Id,
    content: ApplicationDraftUpdate,
    filer: Filer,
    session: Session,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    draft = await service.change(session, filer, content, draft_id=application_draft_id, if_match=if_match)
    response.headers["etag"] = views.etag(draft)
    return draft


@router.post(
    "/signatures",
    summary="批量签署申请草稿 Sign draft applications, each by itself",
    response_model=ApplicationSignatureResults,
)
async def sign_application_drafts(
    content: SignaturesCreate, submitter: Submitter, session: Session, office: Office
) -> object:
    return await signing.sign_all(session, submitter, content, office=office)


@router.post(
    "/{application_draft_id}/discard",
    summary="作废申请草稿 Discard a draft application",
    response_model=ApplicationDraftRead,
    responses=problem_responses(DraftNotFound, DraftEnded, PreconditionFailed, PreconditionRequired),
)
async def discard_application_draft(
    application_draft_id: Id,
    filer: Filer,
    session: Session,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    draft = await service.discard(session, filer, draft_id=application_draft_id, if_match=if_match)
    response.headers["etag"] = views.etag(draft)
    return draft


@router.post(
    "/{application_draft_id}/signature",
    summary="签署并提交申请 Sign a draft: it becomes the application",
    status_code=201,
    response_model=ApplicationRead,
    responses=problem_responses(
        DraftNotFound,
        DraftEnded,
        DraftChanged,
        EnterpriseNotFound,
        PermitNotFound,
        ApplicationInvalid,
        ApplicationOpen,
        ApplicationNotFound,
        ApplicationStepNotOpen,
        ApplicationSuperseded,
    ),
)
async def sign_application_draft(
    application_draft_id: Id,
    content: SignatureCreate,
    submitter: Submitter,
    session: Session,
    office: Office,
    response: Response,
) -> object:
    application = await signing.sign(
        session, submitter, content, draft_id=application_draft_id, office=office
    )
    response.headers["location"] = f"/v1/permits/applications/{application.id}"
    return application
