"""Use cases of notices: open one, comment on it without signing in, answer in public."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal
from services.kit.canonical import document_digest
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.receipt_keys import ReceiptOffice
from services.kit.schemas import Page
from services.permits.auth import PUBLIC
from services.permits.enterprises import repository as enterprises
from services.permits.enterprises.errors import EnterpriseNotFound
from services.permits.notices import repository, rules
from services.permits.notices.errors import (
    AnswerInvalid,
    CommentAnswered,
    CommentNotFound,
    CommentRepeated,
    NoticeFull,
    NoticeInvalid,
    NoticeNotFound,
    NoticeNotOpen,
)
from services.permits.notices.events import (
    COMMENT_ANSWERED,
    COMMENT_RECEIVED,
    NOTICE_OPENED,
    CommentGiven,
    CommentWasAnswered,
    NoticeOpened,
)
from services.permits.notices.models import Notice, NoticeAnswer, NoticeComment, NoticeEnding
from services.permits.notices.schemas import (
    AnswerCreate,
    AnswerRead,
    CommentCreate,
    CommentRead,
    CommentReceived,
    NoticeCreate,
    NoticeRead,
    PreApplicationCreate,
)
from services.permits.permits import repository as permits
from services.permits.permits.errors import PermitNotFound


def findings_of(content: NoticeCreate | PreApplicationCreate) -> Findings:
    """Everything that is wrong with a notice."""
    found = Findings()
    rules.check_days(found, opens_on=content.opens_on, closes_on=content.closes_on, today=clock.today())
    return found


async def also_wrong(
    _: AsyncSession, __: Principal, content: NoticeCreate | PreApplicationCreate
) -> Findings:
    """What the rules say about a notice whose shape is wrong in places."""
    return findings_of(content)


async def open_notice(session: AsyncSession, principal: Principal, content: NoticeCreate) -> NoticeRead:
    """Announces something, of any part of the service; whoever opens it says how long it stays open."""
    findings_of(content).raise_if_any(NoticeInvalid)
    if content.uscc is not None and not await _is_of(session, principal, content.uscc):
        raise EnterpriseNotFound()
    if content.permit_number is not None:
        await _check_permit(session, principal, content.permit_number, content.uscc)
    notice = Notice(id=new_id(), opened_by=principal.subject, opened_at=clock.now(), **content.model_dump())
    session.add(notice)
    await session.flush()
    fact = NoticeOpened(
        notice_id=notice.id, **content.model_dump(include=set(NoticeOpened.model_fields) - {"notice_id"})
    )
    deeds.record(
        session,
        principal,
        kind=NOTICE_OPENED,
        entity="notice",
        entity_id=notice.id,
        subject=path_of(notice.id),
        owner=notice.uscc,
        after=content.model_dump(mode="json"),
        fact=fact,
    )
    return (await _views(session, [notice]))[0]


async def announce(session: AsyncSession, principal: Principal, content: PreApplicationCreate) -> NoticeRead:
    """A unit announces what it will apply for (条例 art. 8): anybody comments, and the bureau answers."""
    subject = f"/v1/permits/enterprises/{content.uscc}"
    said = NoticeCreate(kind="pre_application", subject=subject, **content.model_dump())
    return await open_notice(session, principal, said)


async def _is_of(session: AsyncSession, principal: Principal, uscc: str) -> bool:
    """Whether the caller may speak of this enterprise."""
    covered = principal.rows.covers(uscc)
    return covered and await enterprises.by_uscc(session, uscc, rows=principal.rows) is not None


async def _check_permit(
    session: AsyncSession, principal: Principal, permit_number: str, uscc: str | None
) -> None:
    """The permit that is named is one that the caller may speak of, and of the enterprise that is named with it."""
    permit = await permits.by_number(session, permit_number, rows=principal.rows)
    if permit is None:
        raise PermitNotFound()
    found = Findings()
    rules.check_permit(found, uscc=uscc, holder=permit.uscc)
    found.raise_if_any(NoticeInvalid)


def path_of(notice_id: uuid.UUID) -> str:
    """Where everybody reads it."""
    return f"/v1/permits/disclosure/notices/{notice_id}"


async def get(session: AsyncSession, notice_id: uuid.UUID) -> NoticeRead:
    return (await _views(session, [await _notice(session, notice_id)]))[0]


async def listing(
    session: AsyncSession, *, query: PageQuery, is_open: bool, **filters: str | None
) -> Page[NoticeRead]:
    day = clock.today() if is_open else None
    found, following = await repository.page_of(session, query=query, open_on=day, **filters)
    return Page(items=await _views(session, found), next_cursor=following)


async def comment(
    session: AsyncSession, content: CommentCreate, *, notice_id: uuid.UUID, office: ReceiptOffice
) -> CommentReceived:
    """What anybody says to an open notice; the same text is taken once a day, and so many texts a day."""
    notice, today = await _notice(session, notice_id), clock.today()
    await repository.lock(session, notice_id)  # before its ending is looked for: one that waits is seen
    await _refuse_unless_open(session, notice)
    document = {"notice_id": str(notice_id), "text": content.text}
    digest = document_digest(document)
    total, same = await repository.received_on(session, notice_id, today, digest)
    if same >= rules.FLOOD.same_text_a_day:
        raise CommentRepeated()
    if total >= rules.FLOOD.comments_a_day:
        raise NoticeFull(headers={"Retry-After": "3600"})
    comment_id = new_id()
    issued = office.issue(
        kind="permits.notice_comment",
        subject=path_of(notice_id),
        document=document,
        submitted_by=PUBLIC.subject,
        on_behalf_of=PUBLIC.subject,
    )
    made = NoticeComment(
        id=comment_id,
        notice_id=notice_id,
        text_sha256=digest,
        received_on=today,
        received_at=issued.receipt.received_at,
        receipt_jws=issued.jws,
        **content.model_dump(),
    )
    session.add(made)
    await session.flush()
    _tell_comment(session, made)
    return CommentReceived(
        comment_id=comment_id,
        notice_id=notice_id,
        received_at=made.received_at,
        document_sha256=digest,
        jws=issued.jws,
    )


async def _refuse_unless_open(session: AsyncSession, notice: Notice) -> None:
    ending = (await repository.endings_of(session, [notice.id])).get(notice.id)
    state = rules.state_on(notice.opens_on, notice.closes_on, clock.today(), ended=ending is not None)
    if state is rules.State.OPEN:
        return
    raise NoticeNotOpen(
        opens_on=notice.opens_on.isoformat(),
        closes_on=notice.closes_on.isoformat(),
        ended_on=ending.ended_on.isoformat() if ending else None,
    )


async def comments(
    session: AsyncSession, principal: Principal, *, notice_id: uuid.UUID, query: PageQuery
) -> Page[CommentRead]:
    """For the bureau: with their contacts, and what was answered."""
    _refuse_outsiders(principal)
    await _notice(session, notice_id)
    found, following = await repository.page_of_comments(session, notice_id, query=query)
    answers = await repository.answers_to(session, [each.id for each in found])
    items = [
        CommentRead(
            answer=AnswerRead.model_validate(_public(answers[each.id])) if each.id in answers else None,
            **each.model_dump(include=set(CommentRead.model_fields) - {"answer"}),
        )
        for each in found
    ]
    return Page(items=items, next_cursor=following)


async def answers(session: AsyncSession, *, notice_id: uuid.UUID, query: PageQuery) -> Page[AnswerRead]:
    """For everybody: the matters that were raised, in the bureau's words, and its answers."""
    await _notice(session, notice_id)
    found, following = await repository.page_of_answers(session, notice_id, query=query)
    return Page(items=[AnswerRead.model_validate(_public(each)) for each in found], next_cursor=following)


async def answer_also_wrong(_: AsyncSession, __: Principal, content: AnswerCreate, **___: str) -> Findings:
    """What the rules say about an answer whose shape is wrong in places."""
    return _answer_findings(content)


def _answer_findings(content: AnswerCreate) -> Findings:
    found = Findings()
    for name in ("matter", "answer"):
        rules.check_no_person(found, f"/{name}", getattr(content, name))
    return found


async def answer(
    session: AsyncSession,
    principal: Principal,
    content: AnswerCreate,
    *,
    notice_id: uuid.UUID,
    comment_id: uuid.UUID,
) -> AnswerRead:
    """The bureau's answer to one comment, published at once; what names a person is refused."""
    _refuse_outsiders(principal)
    _answer_findings(content).raise_if_any(AnswerInvalid)
    given = await repository.comment(session, notice_id, comment_id, lock=True)
    if given is None:
        raise CommentNotFound()
    if await repository.answers_to(session, [comment_id]):
        raise CommentAnswered()
    made = NoticeAnswer(
        id=new_id(),
        comment_id=comment_id,
        notice_id=notice_id,
        answered_by=principal.subject,
        answered_at=clock.now(),
        **content.model_dump(),
    )
    session.add(made)
    await session.flush()
    read = AnswerRead.model_validate(_public(made))
    fact = CommentWasAnswered(notice_id=notice_id, comment_id=comment_id, answer_id=made.id)
    deeds.record(
        session,
        principal,
        kind=COMMENT_ANSWERED,
        entity="notice_comment",
        entity_id=comment_id,
        subject=path_of(notice_id),
        after=read.model_dump(mode="json"),
        fact=fact,
    )
    return read


def _public(answer: NoticeAnswer) -> dict[str, object]:
    return answer.model_dump(include=set(AnswerRead.model_fields))


def _refuse_outsiders(principal: Principal) -> None:
    """What the public said may be about anybody: it is for those who see every enterprise."""
    if not principal.rows.everything:
        raise NoticeNotFound()


async def _notice(session: AsyncSession, notice_id: uuid.UUID) -> Notice:
    notice = await repository.by_id(session, notice_id)
    if notice is None:
        raise NoticeNotFound()
    return notice


async def _views(session: AsyncSession, notices: Sequence[Notice]) -> list[NoticeRead]:
    counted = await repository.counts(session, [notice.id for notice in notices])
    endings = await repository.endings_of(session, [notice.id for notice in notices])
    return [
        _view(notice, endings.get(notice.id), counted=counted.get(notice.id, (0, 0))) for notice in notices
    ]


def _view(notice: Notice, ending: NoticeEnding | None, *, counted: tuple[int, int]) -> NoticeRead:
    comments, answers = counted
    state = rules.state_on(notice.opens_on, notice.closes_on, clock.today(), ended=ending is not None)
    return NoticeRead(
        state=state.value,
        ended_on=ending.ended_on if ending else None,
        end_reason=ending.reason if ending else None,
        comments=comments,
        answers=answers,
        **notice.model_dump(exclude={"opened_by"}),
    )


def _tell_comment(session: AsyncSession, made: NoticeComment) -> None:
    """The trail keeps that something was said and its digest; the words and the contact stay with the comment."""
    fact = CommentGiven(notice_id=made.notice_id, comment_id=made.id)
    after = {**fact.model_dump(mode="json"), "text_sha256": made.text_sha256}
    deeds.record(
        session,
        PUBLIC,
        kind=COMMENT_RECEIVED,
        entity="notice_comment",
        entity_id=made.id,
        subject=path_of(made.notice_id),
        after=after,
        fact=fact,
    )
