"""Use case of the bureau: end a notice, because what it announced came to nothing or was wrong."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, deeds
from services.kit.auth import Principal
from services.kit.findings import Findings
from services.permits.notices import repository, rules
from services.permits.notices.errors import (
    NoticeEndingInvalid,
    NoticeNotFound,
    NoticeOfDeclaration,
    NoticeOver,
)
from services.permits.notices.events import NOTICE_ENDED, NoticeEnded
from services.permits.notices.models import NoticeEnding
from services.permits.notices.schemas import NoticeEndingCreate, NoticeRead
from services.permits.notices.service import get, path_of
from services.permits.performance import repository as declarations


async def end_early(
    session: AsyncSession, principal: Principal, content: NoticeEndingCreate, *, notice_id: uuid.UUID
) -> NoticeRead:
    """A reviewer ends a notice that should not go on, and says why in public.

    That of a class ends with the refusal of its declaration alone: else the class would take effect after it.
    """
    notice = await repository.by_id(session, notice_id) if principal.rows.everything else None
    if notice is None:
        raise NoticeNotFound()
    _findings_of(content).raise_if_any(NoticeEndingInvalid)
    if notice.kind == "performance" and await declarations.is_noticed(session, notice.subject):
        raise NoticeOfDeclaration()
    if not await end(session, principal, notice_id=notice_id, reason=content.reason):
        raise NoticeOver()
    return await get(session, notice_id)


async def also_wrong(_: AsyncSession, __: Principal, content: NoticeEndingCreate, **___: str) -> Findings:
    """What the rules say about an ending whose shape is wrong in places."""
    return _findings_of(content)


def _findings_of(content: NoticeEndingCreate) -> Findings:
    found = Findings()
    rules.check_no_person(found, "/reason", content.reason)
    return found


async def end(session: AsyncSession, principal: Principal, *, notice_id: uuid.UUID, reason: str) -> bool:
    """From today on it takes no comments, and says why. False: it is over or ended, and stays as it is."""
    await repository.lock(session, notice_id)
    notice = await repository.by_id(session, notice_id)
    if notice is None or await repository.endings_of(session, [notice_id]):
        return False
    if rules.state_on(notice.opens_on, notice.closes_on, clock.today()) is rules.State.CLOSED:
        return False
    ending = NoticeEnding(
        notice_id=notice_id,
        reason=reason,
        ended_on=clock.today(),
        ended_by=principal.subject,
        ended_at=clock.now(),
    )
    session.add(ending)
    await session.flush()
    fact = NoticeEnded(
        **{"kind": notice.kind, "subject": notice.subject},
        **ending.model_dump(include={"notice_id", "ended_on", "reason"}),
    )
    deeds.record(
        session,
        principal,
        kind=NOTICE_ENDED,
        entity="notice",
        entity_id=notice_id,
        subject=path_of(notice_id),
        owner=notice.uscc,
        fact=fact,
    )
    return True
