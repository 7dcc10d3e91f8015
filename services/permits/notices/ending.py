"""Use case of whoever opened a notice: end it, because what it announced came to nothing."""

from __future__ import annotations

import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import audit, clock, events
from services.kit.auth import Principal
from services.permits.notices import repository, rules
from services.permits.notices.events import NOTICE_ENDED, NoticeEnded
from services.permits.notices.models import NoticeEnding
from services.permits.notices.service import path_of


async def end(session: AsyncSession, principal: Principal, *, notice_id: uuid.UUID, reason: str) -> None:
    """From today on it takes no comments, and says why. One that is over or ended stays as it is."""
    await repository.lock(session, notice_id)
    notice = await repository.by_id(session, notice_id)
    if notice is None or await repository.endings_of(session, [notice_id]):
        return
    if rules.state_on(notice.opens_on, notice.closes_on, clock.today()) is rules.State.CLOSED:
        return
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
    audit.record(
        session,
        principal,
        action=NOTICE_ENDED,
        entity="notice",
        entity_id=notice_id,
        owner=notice.uscc,
        after=fact.model_dump(mode="json"),
    )
    events.emit(session, kind=NOTICE_ENDED, subject=path_of(notice_id), owner=notice.uscc, fact=fact)
