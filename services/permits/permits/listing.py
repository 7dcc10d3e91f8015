"""Use case: the permits that a caller may read, found as the public finds them, with how each stands today."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.auth import RowScope
from services.kit.pages import PageQuery
from services.kit.schemas import Page
from services.permits.endings import service as endings
from services.permits.endings.rules import Standing
from services.permits.permits import queries
from services.permits.permits.filters import PermitFilter
from services.permits.permits.queries import PermitRow
from services.permits.permits.schemas import PermitSummary


async def permits(
    session: AsyncSession, rows: RowScope, *, query: PageQuery, wanted: PermitFilter
) -> Page[PermitSummary]:
    today = clock.today()
    found, following = await queries.page_of(session, query=query, wanted=wanted, rows=rows, day=today)
    standings = await endings.standings_of(session, {row.permit.id for row in found}, today)
    items = [_summary(row, standings[row.permit.id]) for row in found]
    return Page(items=items, next_cursor=following)


def _summary(row: PermitRow, standing: Standing) -> PermitSummary:
    return PermitSummary(
        **row.permit.model_dump(include={"id", "created_at"}),
        **row.listed(),
        site_name=row.version.site_name,
        standing=standing,
    )
