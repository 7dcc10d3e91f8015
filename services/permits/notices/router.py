"""HTTP of notices: the public reads and comments without signing in; the bureau opens and answers."""

from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query

from services.kit.all_at_once import also_checked_by
from services.kit.pages import Paging
from services.kit.receipt_keys import Office
from services.kit.routing import OpenToAll, Session, problem_responses
from services.kit.routing import router as new_router
from services.kit.schemas import Id, Page
from services.permits.auth import CommentReader, Reviewer, Submitter
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.notices import ending, service
from services.permits.notices.errors import (
    AnswerInvalid,
    CommentAnswered,
    CommentNotFound,
    CommentRepeated,
    NoticeEndingInvalid,
    NoticeFull,
    NoticeInvalid,
    NoticeNotFound,
    NoticeNotOpen,
    NoticeOfDeclaration,
    NoticeOver,
)
from services.permits.notices.schemas import (
    AnswerCreate,
    AnswerRead,
    CommentCreate,
    CommentRead,
    CommentReceived,
    NoticeCreate,
    NoticeEndingCreate,
    NoticeKind,
    NoticeRead,
    PreApplicationCreate,
)
from services.permits.permits.errors import PermitNotFound

public = APIRouter(prefix="/v1/permits/disclosure/notices", tags=["disclosure"], route_class=OpenToAll)
router = new_router("/v1/permits/notices", tag="notices")


@public.get("", summary="公开：公示 Public notices", response_model=Page[NoticeRead])
async def list_notices(
    session: Session,
    paging: Paging,
    is_open: Annotated[
        Literal["true"] | None, Query(alias="open", description="only those that take comments today")
    ] = None,
    kind: NoticeKind | None = None,
    subject: Annotated[str | None, Query(max_length=200)] = None,
    permit_number: Annotated[str | None, Query(max_length=22)] = None,
) -> object:
    return await service.listing(
        session,
        query=paging,
        is_open=is_open is not None,
        kind=kind,
        subject=subject,
        permit_number=permit_number,
    )


@public.get(
    "/{notice_id}",
    summary="公开：一则公示 A public notice",
    response_model=NoticeRead,
    responses=problem_responses(NoticeNotFound),
)
async def read_notice(notice_id: Id, session: Session) -> object:
    return await service.get(session, notice_id)


@public.get(
    "/{notice_id}/answers",
    summary="公开：对意见的答复 Answers to comments",
    response_model=Page[AnswerRead],
    responses=problem_responses(NoticeNotFound),
)
async def list_notice_answers(notice_id: Id, session: Session, paging: Paging) -> object:
    return await service.answers(session, notice_id=notice_id, query=paging)


@public.post(
    "/{notice_id}/comments",
    summary="提意见 Comment on an open notice, without signing in",
    status_code=201,
    response_model=CommentReceived,
    responses=problem_responses(NoticeNotFound, NoticeNotOpen, CommentRepeated, NoticeFull),
)
async def comment_on_notice(
    notice_id: Id,
    content: CommentCreate,
    session: Session,
    office: Office,
    idempotency_key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            description="the same key and body give the stored answer",
        ),
    ],
) -> object:
    return await service.comment(session, content, notice_id=notice_id, office=office)


@router.post(
    "",
    summary="发布公示 Open a notice",
    status_code=201,
    response_model=NoticeRead,
    responses=problem_responses(NoticeInvalid, EnterpriseNotFound, PermitNotFound),
)
@also_checked_by(service.also_wrong)
async def open_notice(content: NoticeCreate, reviewer: Reviewer, session: Session) -> object:
    return await service.open_notice(session, reviewer, content)


@router.post(
    "/pre-application",
    summary="申请前信息公开 Announce an application before making it",
    status_code=201,
    response_model=NoticeRead,
    responses=problem_responses(NoticeInvalid, EnterpriseNotFound, PermitNotFound),
)
@also_checked_by(service.also_wrong)
async def announce_application(
    content: PreApplicationCreate, submitter: Submitter, session: Session
) -> object:
    return await service.announce(session, submitter, content)


@router.post(
    "/{notice_id}/ending",
    summary="终止公示 End a notice before its last day",
    status_code=201,
    response_model=NoticeRead,
    responses=problem_responses(NoticeNotFound, NoticeOver, NoticeOfDeclaration, NoticeEndingInvalid),
)
@also_checked_by(ending.also_wrong)
async def end_notice(
    notice_id: Id, content: NoticeEndingCreate, reviewer: Reviewer, session: Session
) -> object:
    return await ending.end_early(session, reviewer, content, notice_id=notice_id)


@router.get(
    "/{notice_id}/comments",
    summary="收到的意见 Comments that were received",
    response_model=Page[CommentRead],
    responses=problem_responses(NoticeNotFound),
)
async def list_notice_comments(
    notice_id: Id, reader: CommentReader, session: Session, paging: Paging
) -> object:
    return await service.comments(session, reader, notice_id=notice_id, query=paging)


@router.post(
    "/{notice_id}/comments/{comment_id}/answer",
    summary="答复意见 Answer a comment in public",
    status_code=201,
    response_model=AnswerRead,
    responses=problem_responses(NoticeNotFound, CommentNotFound, CommentAnswered, AnswerInvalid),
)
@also_checked_by(service.answer_also_wrong)
async def answer_notice_comment(
    notice_id: Id, comment_id: Id, content: AnswerCreate, reviewer: Reviewer, session: Session
) -> object:
    return await service.answer(session, reviewer, content, notice_id=notice_id, comment_id=comment_id)
