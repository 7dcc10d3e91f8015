"""HTTP of registrations of discharges (排污登记), and of their public list."""

from typing import Annotated

from fastapi import Query, Response

from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.receipt_keys import Office
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Day, Page
from services.permits.auth import Reader, Reviewer, Submitter
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.registrations import checks, review, submission, views
from services.permits.registrations.errors import (
    NoNumberLeft,
    NothingToReview,
    NotManaged,
    PermitNeeded,
    RegistrationInvalid,
    RegistrationNotFound,
    RegistrationStepNotOpen,
    RegistrationSuperseded,
    RenewalTooEarly,
    SitePermitted,
    SiteRegistered,
)
from services.permits.registrations.rules import Standing
from services.permits.registrations.schemas import (
    DisclosedRegistration,
    DisclosedRegistrationSummary,
    RegistrationCancel,
    RegistrationChange,
    RegistrationCreate,
    RegistrationRead,
    RegistrationRenewal,
    RegistrationReviewCreate,
    RegistrationSummary,
    RegistrationVersionRead,
)

router = new_router("/v1/permits/registrations", tag="registrations")
disclosed = new_router("/v1/permits/disclosure/registrations", tag="disclosure")
_OF_FORM = (RegistrationInvalid, PermitNeeded, NotManaged)
_OF_STEP = (RegistrationNotFound, RegistrationSuperseded, RegistrationStepNotOpen)


@router.get("", summary="排污登记列表 List registrations", response_model=Page[RegistrationSummary])
async def list_registrations(
    reader: Reader,
    session: Session,
    paging: Paging,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    standing: Standing | None = None,
    for_review: Annotated[bool | None, Query(description="waits for a reviewer")] = None,
    expires_before: Annotated[Day | None, Query(description="whose last day is before this one")] = None,
) -> object:
    return await views.listing(
        session,
        reader.rows,
        query=paging,
        uscc=uscc,
        standing=standing,
        for_review=for_review,
        expires_before=expires_before,
    )


@router.post(
    "",
    summary="填报排污登记表 File a registration form",
    status_code=201,
    response_model=RegistrationRead,
    responses=problem_responses(EnterpriseNotFound, SiteRegistered, SitePermitted, NoNumberLeft, *_OF_FORM),
)
@also_checked_by(checks.also_wrong)
async def file_registration(
    content: RegistrationCreate, submitter: Submitter, session: Session, office: Office, response: Response
) -> object:
    filed = await submission.register(session, submitter, content, office=office)
    response.headers["location"] = f"/v1/permits/registrations/{filed.receipt_number}"
    return filed


@router.get(
    "/{receipt_number}",
    summary="排污登记 Read a registration",
    response_model=RegistrationRead,
    responses=problem_responses(RegistrationNotFound),
)
async def read_registration(
    receipt_number: str,
    reader: Reader,
    session: Session,
    as_of: Annotated[Day | None, Query(description="the version that counted on this day")] = None,
) -> object:
    return await views.read(session, reader.rows, receipt_number, as_of=as_of)


@router.get(
    "/{receipt_number}/versions",
    summary="排污登记的历次填报 List versions of a registration",
    response_model=Page[RegistrationVersionRead],
    responses=problem_responses(RegistrationNotFound),
)
async def list_registration_versions(
    receipt_number: str, reader: Reader, session: Session, paging: Paging
) -> object:
    return await views.versions(session, reader.rows, receipt_number, query=paging)


@router.post(
    "/{receipt_number}/versions",
    summary="变更登记 File a change",
    status_code=201,
    response_model=RegistrationRead,
    responses=problem_responses(*_OF_STEP, SiteRegistered, *_OF_FORM),
)
@also_checked_by(checks.also_wrong)
async def change_registration(
    receipt_number: str, content: RegistrationChange, submitter: Submitter, session: Session, office: Office
) -> object:
    return await submission.change(session, submitter, content, number=receipt_number, office=office)


@router.post(
    "/{receipt_number}/renewals",
    summary="延续登记 Renew a registration",
    status_code=201,
    response_model=RegistrationRead,
    responses=problem_responses(*_OF_STEP, RenewalTooEarly, SiteRegistered, *_OF_FORM),
)
@also_checked_by(checks.also_wrong)
async def renew_registration(
    receipt_number: str, content: RegistrationRenewal, submitter: Submitter, session: Session, office: Office
) -> object:
    return await submission.renew(session, submitter, content, number=receipt_number, office=office)


@router.post(
    "/{receipt_number}/cancellation",
    summary="注销登记 Cancel a registration",
    status_code=201,
    response_model=RegistrationRead,
    responses=problem_responses(*_OF_STEP, RegistrationInvalid),
)
async def cancel_registration(
    receipt_number: str, content: RegistrationCancel, submitter: Submitter, session: Session, office: Office
) -> object:
    return await submission.cancel(session, submitter, content, number=receipt_number, office=office)


@router.post(
    "/{receipt_number}/reviews",
    summary="审核登记管理类别 Review whether a registration is enough",
    status_code=201,
    response_model=RegistrationRead,
    responses=problem_responses(RegistrationNotFound, RegistrationSuperseded, NothingToReview),
)
async def review_registration(
    receipt_number: str, content: RegistrationReviewCreate, reviewer: Reviewer, session: Session
) -> object:
    return await review.decide(session, reviewer, content, number=receipt_number)


@disclosed.get(
    "", summary="公开：排污登记 Public registrations", response_model=Page[DisclosedRegistrationSummary]
)
async def list_disclosed_registrations(
    session: Session,
    paging: Paging,
    name: Annotated[str | None, Query(max_length=100, description="part of the enterprise's name")] = None,
    uscc: Annotated[str | None, Query(max_length=18)] = None,
    standing: Standing | None = None,
) -> object:
    return await views.disclosed_page(session, query=paging, name=name, uscc=uscc, standing=standing)


@disclosed.get(
    "/{receipt_number}",
    summary="公开：按登记编号查验 Verify a registration by its number",
    response_model=DisclosedRegistration,
    responses=problem_responses(RegistrationNotFound),
)
async def read_disclosed_registration(receipt_number: str, session: Session) -> object:
    return await views.disclosed(session, receipt_number)
