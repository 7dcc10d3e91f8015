"""SQL of notices."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.locking import one_at_a_time
from services.kit.pages import PageQuery, page
from services.kit.scoping import matching
from services.permits.notices.models import Notice, NoticeAnswer, NoticeComment, NoticeEnding


async def by_id(session: AsyncSession, notice_id: uuid.UUID) -> Notice | None:
    return (await session.exec(select(Notice).where(Notice.id == notice_id))).first()


async def page_of(
    session: AsyncSession,
    *,
    query: PageQuery,
    open_on: date | None,
    kind: str | None,
    subject: str | None,
    permit_number: str | None,
) -> tuple[list[Notice], str | None]:
    """Newest first; `open_on`: those that take comments on this day."""
    statement = select(Notice)
    if open_on is not None:
        ended = select(NoticeEnding.notice_id).where(col(NoticeEnding.notice_id) == Notice.id).exists()
        statement = statement.where(Notice.opens_on <= open_on, Notice.closes_on >= open_on, ~ended)
    statement = matching(
        statement,
        (col(Notice.kind), kind),
        (col(Notice.subject), subject),
        (col(Notice.permit_number), permit_number),
    )
    return await page(session, statement, by=[(col(Notice.id), uuid.UUID)], query=query, descending=True)


async def endings_of(session: AsyncSession, notices: Collection[uuid.UUID]) -> dict[uuid.UUID, NoticeEnding]:
    """How those of these that were ended were."""
    statement = select(NoticeEnding).where(col(NoticeEnding.notice_id).in_(notices))
    return {each.notice_id: each for each in await session.exec(statement)}


async def by_subjects(session: AsyncSession, subjects: Collection[str], *, day: date) -> dict[str, uuid.UUID]:
    """The newest notice about each of these that has opened by `day`, else the newest."""
    opened = col(Notice.opens_on) <= day
    statement = (
        select(Notice.subject, Notice.id)
        .where(col(Notice.subject).in_(subjects))
        .order_by(opened, col(Notice.id))
    )
    return dict((await session.exec(statement)).all())


async def all_about(session: AsyncSession, subject: str) -> Sequence[uuid.UUID]:
    """Every notice about this, oldest first."""
    statement = select(Notice.id).where(Notice.subject == subject).order_by(col(Notice.id))
    return (await session.exec(statement)).all()


async def counts(session: AsyncSession, notices: Collection[uuid.UUID]) -> dict[uuid.UUID, tuple[int, int]]:
    """How many comments each notice has, and how many answers."""
    statement = (
        select(NoticeComment.notice_id, func.count(col(NoticeComment.id)), func.count(col(NoticeAnswer.id)))
        .outerjoin(NoticeAnswer, col(NoticeAnswer.comment_id) == NoticeComment.id)
        .where(col(NoticeComment.notice_id).in_(notices))
        .group_by(col(NoticeComment.notice_id))
    )
    return {notice: (given, answered) for notice, given, answered in await session.exec(statement)}


async def lock(session: AsyncSession, notice_id: uuid.UUID) -> None:
    """One at a time for each notice: a comment (the count of the day is then right), its ending, what rests on it."""
    await one_at_a_time(session, f"notice {notice_id}")


async def received_on(session: AsyncSession, notice_id: uuid.UUID, day: date, digest: str) -> tuple[int, int]:
    """How many comments came on a day, and how many of them with this text."""
    same = sa.case((col(NoticeComment.text_sha256) == digest, 1))
    statement = select(func.count(), func.count(same)).where(
        NoticeComment.notice_id == notice_id, NoticeComment.received_on == day
    )
    total, repeated = (await session.exec(statement)).one()
    return total, repeated


async def comment(
    session: AsyncSession, notice_id: uuid.UUID, comment_id: uuid.UUID, *, lock: bool = False
) -> NoticeComment | None:
    statement = select(NoticeComment).where(
        NoticeComment.id == comment_id, NoticeComment.notice_id == notice_id
    )
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def page_of_comments(
    session: AsyncSession, notice_id: uuid.UUID, *, query: PageQuery
) -> tuple[list[NoticeComment], str | None]:
    statement = select(NoticeComment).where(NoticeComment.notice_id == notice_id)
    return await page(session, statement, by=[(col(NoticeComment.id), uuid.UUID)], query=query)


async def answers_to(session: AsyncSession, comments: Sequence[uuid.UUID]) -> dict[uuid.UUID, NoticeAnswer]:
    statement = select(NoticeAnswer).where(col(NoticeAnswer.comment_id).in_(comments))
    return {answer.comment_id: answer for answer in await session.exec(statement)}


async def page_of_answers(
    session: AsyncSession, notice_id: uuid.UUID, *, query: PageQuery
) -> tuple[list[NoticeAnswer], str | None]:
    statement = select(NoticeAnswer).where(NoticeAnswer.notice_id == notice_id)
    return await page(session, statement, by=[(col(NoticeAnswer.id), uuid.UUID)], query=query)
