"""HTTP of applications for permits."""

from datetime import date
from typing import Annotated

from fastapi import Query, Response

from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.problems import PreconditionFailed, PreconditionRequired
from services.kit.receipt_keys import Office
from services.kit.routing import IfMatch, Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page
from services.permits.applications import acceptance, checks, dry_run, reminders, submission, views
from services.permits.applications.errors import (
    ApplicationInvalid,
    ApplicationNotFound,
    ApplicationOpen,
    ApplicationStepNotOpen,
    ApplicationSuperseded,
    NoticeFirst,
    NoticeOnlyOnce,
)
from services.permits.applications.schemas import (
    ApplicationChecksRead,
    ApplicationCorrection,
    ApplicationCreate,
    ApplicationKind,
    ApplicationRead,
    ApplicationState,
    ApplicationSummary,
    ApplicationVersionRead,
    ApplicationWithdrawalCreate,
    OverdueApplication,
)
from services.permits.applications.schemas_steps import CompletenessCreate, PermitDeliveryCreate
from services.permits.auth import CityReader, Filer, OfTheCityOnly, Reader, Registrar, Submitter
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.permits.errors import PermitNotFound
from services.permits.permits.router import VersionNumber

router = new_router("/v1/permits/applications", tag="applications")
OF_A_STEP = (
    ApplicationNotFound,
    ApplicationInvalid,
    ApplicationStepNotOpen,
    PreconditionFailed,
    PreconditionRequired,
)
"""What every step of the bureau may be refused for."""


@router.get("", summary="排污许可申请列表 List applications", response_model=Page[ApplicationSummary])
async def list_applications(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18, description="of one enterprise")] = None,
    permit_number: Annotated[str | None, Query(max_length=22)] = None,
    kind: ApplicationKind | None = None,
    state: Annotated[ApplicationState | None, Query(description="by law, as of today")] = None,
    due_before: Annotated[
        date | None, Query(description="whose period runs and ends before this day: `deadline`")
    ] = None,
) -> object:
    return await views.listing(
        session,
        reader.rows,
        query=paging,
        uscc=uscc,
        permit_number=permit_number,
        kind=kind,
        state=state,
        due_before=due_before,
    )


@router.get(
    "/overdue",
    summary="逾期未决定、未送达的申请 List applications whose period is over",
    response_model=Page[OverdueApplication],
    responses=problem_responses(OfTheCityOnly),
)
async def list_overdue_applications(reader: CityReader, session: Session, paging: Paging) -> object:
    return await reminders.overdue(session, query=paging)


@router.post(
    "",
    summary="提交排污许可申请 Submit an application",
    status_code=201,
    response_model=ApplicationRead,
    responses=problem_responses(EnterpriseNotFound, PermitNotFound, ApplicationInvalid, ApplicationOpen),
)
@also_checked_by(checks.of_submission)
async def submit_application(
    content: ApplicationCreate, submitter: Submitter, session: Session, office: Office, response: Response
) -> object:
    application = await submission.submit(session, submitter, content, office=office)
    response.headers["location"] = f"/v1/permits/applications/{application.id}"
    response.headers["etag"] = views.etag(application)
    return application


@router.post(
    "/checks",
    summary="试算申请，不提交 Check an application without submitting it",
    response_model=ApplicationChecksRead,
    responses=problem_responses(EnterpriseNotFound, PermitNotFound),
)
@also_checked_by(checks.of_submission)
async def check_application(content: ApplicationCreate, filer: Filer, session: Session) -> object:
    return await dry_run.of_submission(session, filer, content)


@router.get(
    "/{application_id}",
    summary="排污许可申请及其期限 Read an application with its clock",
    response_model=ApplicationRead,
    responses=problem_responses(ApplicationNotFound),
)
async def read_application(
    application_id: Id, reader: Reader, session: Session, response: Response
) -> object:
    application = await views.read(session, reader.rows, application_id=application_id)
    response.headers["etag"] = views.etag(application)
    return application


@router.get(
    "/{application_id}/versions/{version}",
    summary="申请的某一版本 Read one version of an application",
    response_model=ApplicationVersionRead,
    responses=problem_responses(ApplicationNotFound),
)
async def read_application_version(
    application_id: Id, version: VersionNumber, reader: Reader, session: Session
) -> object:
    return await views.read_version(session, reader.rows, application_id=application_id, version=version)


@router.post(
    "/{application_id}/versions",
    summary="补正或更正申请 Correct an application as asked",
    status_code=201,
    response_model=ApplicationRead,
    responses=problem_responses(
        ApplicationNotFound, ApplicationInvalid, ApplicationStepNotOpen, ApplicationSuperseded
    ),
)
async def correct_application(
    application_id: Id,
    content: ApplicationCorrection,
    submitter: Submitter,
    session: Session,
    office: Office,
    response: Response,
) -> object:
    application = await submission.correct(
        session, submitter, content, application_id=application_id, office=office
    )
    response.headers["etag"] = views.etag(application)
    return application


@router.post(
    "/{application_id}/withdrawal",
    summary="撤回申请 Withdraw an application",
    status_code=201,
    response_model=ApplicationRead,
    responses=problem_responses(ApplicationNotFound, ApplicationStepNotOpen),
)
async def withdraw_application(
    application_id: Id,
    content: ApplicationWithdrawalCreate,
    submitter: Submitter,
    session: Session,
    office: Office,
    response: Response,
) -> object:
    application = await submission.withdraw(
        session, submitter, reason=content.reason, application_id=application_id, office=office
    )
    response.headers["etag"] = views.etag(application)
    return application


@router.post(
    "/{application_id}/completeness",
    summary="受理、一次性告知或不予受理 Accept it, ask for what is missing, or refuse to hear it",
    status_code=201,
    response_model=ApplicationRead,
    responses=problem_responses(*OF_A_STEP, NoticeOnlyOnce, NoticeFirst),
)
async def decide_completeness(
    application_id: Id,
    content: CompletenessCreate,
    registrar: Registrar,
    session: Session,
    office: Office,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    application = await acceptance.decide(
        session, registrar, content, application_id=application_id, office=office, if_match=if_match
    )
    response.headers["etag"] = views.etag(application)
    return application


@router.post(
    "/{application_id}/delivery",
    summary="颁发、送达 Hand over the permit, or the refusal",
    status_code=201,
    response_model=ApplicationRead,
    responses=problem_responses(*OF_A_STEP),
)
async def deliver_permit(
    application_id: Id,
    content: PermitDeliveryCreate,
    registrar: Registrar,
    session: Session,
    office: Office,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    application = await acceptance.deliver(
        session, registrar, content, application_id=application_id, office=office, if_match=if_match
    )
    response.headers["etag"] = views.etag(application)
    return application
