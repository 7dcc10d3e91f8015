"""HTTP of what comes before the decision on an end: notice, statement, hearing."""

from services.kit.receipt_keys import Office
from services.kit.routing import Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id
from services.permits.auth import Reviewer, Submitter
from services.permits.endings import procedure
from services.permits.endings.errors import (
    EndingFourEyes,
    EndingInvalid,
    EndingNotFound,
    EndingStepNotOpen,
    HearingClosed,
    NoHearing,
)
from services.permits.endings.rules_procedure import Step
from services.permits.endings.schemas import EndingRead
from services.permits.endings.schemas_procedure import (
    EndingNoticeCreate,
    EndingStatementCreate,
    HearingCallCreate,
    HearingRecordCreate,
    HearingRequestCreate,
    HearingWithdrawalCreate,
)

router = new_router("/v1/permits/endings", tag="endings")


@router.post(
    "/{ending_id}/notice",
    summary="事先告知 Tell the holder before anything is decided",
    status_code=201,
    response_model=EndingRead,
    responses=problem_responses(EndingNotFound, EndingStepNotOpen, EndingInvalid),
)
async def notify_ending(
    ending_id: Id, content: EndingNoticeCreate, reviewer: Reviewer, session: Session, office: Office
) -> object:
    return await procedure.notify(session, reviewer, content, ending_id=ending_id, office=office)


@router.post(
    "/{ending_id}/statement",
    summary="陈述、申辩 State and defend",
    status_code=201,
    response_model=EndingRead,
    responses=problem_responses(EndingNotFound, EndingStepNotOpen),
)
async def state_to_ending(
    ending_id: Id, content: EndingStatementCreate, submitter: Submitter, session: Session, office: Office
) -> object:
    return await procedure.say(
        session, submitter, content, step=Step.STATE, ending_id=ending_id, office=office
    )


@router.post(
    "/{ending_id}/hearing-request",
    summary="申请听证 Ask for a hearing",
    status_code=201,
    response_model=EndingRead,
    responses=problem_responses(EndingNotFound, EndingStepNotOpen, NoHearing, HearingClosed),
)
async def request_hearing(
    ending_id: Id, content: HearingRequestCreate, submitter: Submitter, session: Session, office: Office
) -> object:
    return await procedure.say(
        session, submitter, content, step=Step.REQUEST_HEARING, ending_id=ending_id, office=office
    )


@router.post(
    "/{ending_id}/hearing-request-withdrawal",
    summary="撤回听证申请 Withdraw the request for a hearing",
    status_code=201,
    response_model=EndingRead,
    responses=problem_responses(EndingNotFound, EndingStepNotOpen),
)
async def withdraw_hearing_request(
    ending_id: Id, content: HearingWithdrawalCreate, submitter: Submitter, session: Session, office: Office
) -> object:
    return await procedure.say(
        session, submitter, content, step=Step.WITHDRAW_REQUEST, ending_id=ending_id, office=office
    )


@router.post(
    "/{ending_id}/hearing",
    summary="通知听证 Call the hearing",
    status_code=201,
    response_model=EndingRead,
    responses=problem_responses(EndingNotFound, EndingStepNotOpen, EndingInvalid),
)
async def call_hearing(
    ending_id: Id, content: HearingCallCreate, reviewer: Reviewer, session: Session, office: Office
) -> object:
    return await procedure.call(session, reviewer, content, ending_id=ending_id, office=office)


@router.post(
    "/{ending_id}/hearing-record",
    summary="听证笔录 Record the hearing",
    status_code=201,
    response_model=EndingRead,
    responses=problem_responses(EndingNotFound, EndingStepNotOpen, EndingFourEyes, EndingInvalid),
)
async def record_hearing(
    ending_id: Id, content: HearingRecordCreate, reviewer: Reviewer, session: Session, office: Office
) -> object:
    return await procedure.record(session, reviewer, content, ending_id=ending_id, office=office)
