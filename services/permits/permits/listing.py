"""Use case: the permits that a caller may read, found as the public finds them, with how each stands today."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import RowScope
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.permits.disclosure import repository
from services.permits.disclosure.filters import PermitFilter
from services.permits.disclosure.repository import PermitRow
from services.permits.endings import service as endings
from services.permits.endings.rules import Standing
from services.permits.permits.schemas import PermitSummary


async def permits(
    session: AsyncSession, rows: RowScope, *, query: PageQuery, wanted: PermitFilter
) -> Page[PermitSummary]:
    today = clock.today()
    found, following = await repository.permits_page(
        session, query=query, wanted=wanted, day=today, rows=rows
    )
    standings = await endings.standings_of(session, {row.permit.id for row in found}, today)
    items = [_summary(row, standings[row.permit.id]) for row in found]
    return Page(items=items, next_cursor=following)


def _summary(row: PermitRow, standing: Standing) -> PermitSummary:
    return PermitSummary(
        **row.permit.model_dump(include={"id", "site_name", "created_at"}), **row.listed(), standing=standing
    )
