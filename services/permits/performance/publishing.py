"""The public notice of a class (公示): opened with all others, so that anybody comments and the bureau answers."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import Principal
from services.permits.notices import ending, service
from services.permits.notices import repository as notices
from services.permits.notices.schemas import NoticeCreate
from services.permits.performance import repository
from services.permits.performance.models import PerformanceDeclaration

_REFUSED = "申报未通过审核，公示终止"


async def announce(
    session: AsyncSession,
    principal: Principal,
    row: PerformanceDeclaration,
    *,
    closes_on: date,
    after: date | None = None,
) -> None:
    """Opens the notice of a class, or, `after` the last day of an earlier one, another that goes on where that ends; a
    step that was entered after its notice was over opens none."""
    today = clock.today()
    first = after + timedelta(days=1) if after else row.notice_from or today
    if closes_on < today:
        return
    enterprise, site = (await repository.names_of(session, [row.permit_number]))[row.permit_number]
    content = NoticeCreate(
        kind="performance",
        subject=f"{repository.DECLARATIONS}{row.id}",
        title=f"{enterprise}重污染天气应急减排绩效等级公示",
        summary=f"{enterprise}{site}（{row.sector}）拟定为{row.granted_class}级（{row.edition}），公示至{closes_on}。",
        uscc=row.uscc,
        permit_number=row.permit_number,
        opens_on=max(today, first),
        closes_on=closes_on,
    )
    await service.open_notice(session, principal, content)


async def conclude(session: AsyncSession, principal: Principal, row: PerformanceDeclaration) -> None:
    """Ends the notice of a class that is refused: nobody comments on what will not be."""
    for notice_id in await notices.all_about(session, f"{repository.DECLARATIONS}{row.id}"):
        await ending.end(session, principal, notice_id=notice_id, reason=_REFUSED)


async def notices_of(
    session: AsyncSession, declarations: Collection[uuid.UUID]
) -> dict[uuid.UUID, uuid.UUID]:
    """The public notice of each of these declarations, where one was opened."""
    subjects = {f"{repository.DECLARATIONS}{each}": each for each in declarations}
    found = await notices.by_subjects(session, list(subjects), day=clock.today())
    return {subjects[subject]: notice for subject, notice in found.items()}
