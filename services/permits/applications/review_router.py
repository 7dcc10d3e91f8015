"""HTTP of the review of an application, and of the decision on it."""

from fastapi import Response

from services.kit.receipt_keys import Office
from services.kit.routing import IfMatch, Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id
from services.permits.applications import decision, review, views
from services.permits.applications.errors import (
    ApplicantBarred,
    ApplicationFourEyes,
    ChecklistIncomplete,
    ConditionNotMet,
    DisclosureUnmet,
    EiaUnverified,
    PermitEnded,
    SiteCheckNotOrdered,
    SiteCheckOrdered,
    SiteCheckPending,
)
from services.permits.applications.router import OF_A_STEP
from services.permits.applications.rules import Step
from services.permits.applications.schemas import ApplicationRead
from services.permits.applications.schemas_steps import (
    ApplicationDecisionCreate,
    ConditionFindingsCreate,
    PauseCreate,
    ResumptionCreate,
    ReviewProposal,
    SiteCheckCreate,
    SiteCheckRecord,
)
from services.permits.auth import Approver, Reviewer
from services.permits.permits.errors import HolderBarred, PermitExists, PermitNotFound, SitePermitHeld

router = new_router("/v1/permits/applications/{application_id}", tag="applications")
_OF_A_GRANT = (
    *(SiteCheckPending, ChecklistIncomplete, ConditionNotMet),
    *(EiaUnverified, ApplicantBarred, PermitEnded, DisclosureUnmet),
)


@router.post(
    "/findings",
    summary="填写审查清单（条例第十一条） Note what is found of each condition",
    status_code=201,
    response_model=ApplicationRead,
    responses=problem_responses(*OF_A_STEP, ApplicationFourEyes),
)
async def examine_application(
    application_id: Id,
    content: ConditionFindingsCreate,
    reviewer: Reviewer,
    session: Session,
    office: Office,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    application = await review.examine(
        session, reviewer, content, application_id=application_id, office=office, if_match=if_match
    )
    response.headers["etag"] = views.etag(application)
    return application


@router.post(
    "/site-check",
    summary="决定现场核查 Order a site check",
    status_code=201,
    response_model=ApplicationRead,
    responses=problem_responses(*OF_A_STEP, SiteCheckOrdered),
)
async def order_site_check(
    application_id: Id,
    content: SiteCheckCreate,
    reviewer: Reviewer,
    session: Session,
    office: Office,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    application = await review.step(
        session,
        reviewer,
        content,
        Step.ORDER_SITE_CHECK,
        application_id=application_id,
        office=office,
        if_match=if_match,
    )
    response.headers["etag"] = views.etag(application)
    return application


@router.post(
    "/site-check-record",
    summary="记录现场核查 Record a site check",
    status_code=201,
    response_model=ApplicationRead,
    responses=problem_responses(*OF_A_STEP, SiteCheckNotOrdered, ApplicationFourEyes),
)
async def record_site_check(
    application_id: Id,
    content: SiteCheckRecord,
    reviewer: Reviewer,
    session: Session,
    office: Office,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    application = await review.step(
        session,
        reviewer,
        content,
        Step.RECORD_SITE_CHECK,
        application_id=application_id,
        office=office,
        if_match=if_match,
    )
    response.headers["etag"] = views.etag(application)
    return application


@router.post(
    "/pause",
    summary="听证、检验、鉴定、专家评审：中止计期 Stop the clock for experts",
    status_code=201,
    response_model=ApplicationRead,
    responses=problem_responses(*OF_A_STEP),
)
async def pause_application(
    application_id: Id,
    content: PauseCreate,
    reviewer: Reviewer,
    session: Session,
    office: Office,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    application = await review.step(
        session,
        reviewer,
        content,
        Step.PAUSE,
        application_id=application_id,
        office=office,
        if_match=if_match,
    )
    response.headers["etag"] = views.etag(application)
    return application


@router.post(
    "/resumption",
    summary="恢复计期 Let the clock go on",
    status_code=201,
    response_model=ApplicationRead,
    responses=problem_responses(*OF_A_STEP),
)
async def resume_application(
    application_id: Id,
    content: ResumptionCreate,
    reviewer: Reviewer,
    session: Session,
    office: Office,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    application = await review.step(
        session,
        reviewer,
        content,
        Step.RESUME,
        application_id=application_id,
        office=office,
        if_match=if_match,
    )
    response.headers["etag"] = views.etag(application)
    return application


@router.post(
    "/review",
    summary="审查完毕，提出意见 End the review with a proposal",
    status_code=201,
    response_model=ApplicationRead,
    responses=problem_responses(*OF_A_STEP, *_OF_A_GRANT, ApplicationFourEyes),
)
async def review_application(
    application_id: Id,
    content: ReviewProposal,
    reviewer: Reviewer,
    session: Session,
    office: Office,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    application = await review.step(
        session,
        reviewer,
        content,
        Step.REVIEW,
        application_id=application_id,
        office=office,
        if_match=if_match,
    )
    response.headers["etag"] = views.etag(application)
    return application


@router.post(
    "/decision",
    summary="准予、不予许可或退回审查 Grant, refuse or return",
    status_code=201,
    response_model=ApplicationRead,
    responses=problem_responses(
        *OF_A_STEP,
        *_OF_A_GRANT,
        ApplicationFourEyes,
        PermitExists,
        PermitNotFound,
        SitePermitHeld,
        HolderBarred,
    ),
)
async def decide_application(
    application_id: Id,
    content: ApplicationDecisionCreate,
    approver: Approver,
    session: Session,
    office: Office,
    response: Response,
    if_match: IfMatch = None,
) -> object:
    application = await decision.decide(
        session, approver, content, application_id=application_id, office=office, if_match=if_match
    )
    response.headers["etag"] = views.etag(application)
    return application
