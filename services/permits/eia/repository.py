"""SQL of EIA documents."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import matching, within
from services.permits.eia.models import EiaDocument


async def by_id(
    session: AsyncSession, eia_id: uuid.UUID, *, rows: RowScope, lock: bool = False
) -> EiaDocument | None:
    statement = within(rows, select(EiaDocument).where(EiaDocument.id == eia_id), col(EiaDocument.uscc))
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def of_enterprise(
    session: AsyncSession, uscc: str, ids: Collection[uuid.UUID], *, lock: bool = False
) -> dict[uuid.UUID, EiaDocument]:
    """Those of these documents that are this enterprise's, by id; `lock` keeps them as they are until the commit."""
    statement = select(EiaDocument).where(EiaDocument.uscc == uscc, col(EiaDocument.id).in_(ids))
    if lock:
        statement = statement.order_by(col(EiaDocument.id)).with_for_update(read=True)
    return {each.id: each for each in await session.exec(statement)}


async def page_of(
    session: AsyncSession, *, rows: RowScope, query: PageQuery, uscc: str | None, state: str | None
) -> tuple[list[EiaDocument], str | None]:
    """Newest first."""
    statement = within(rows, select(EiaDocument), col(EiaDocument.uscc))
    statement = matching(statement, (col(EiaDocument.uscc), uscc), (col(EiaDocument.state), state))
    return await page(session, statement, by=[(col(EiaDocument.id), uuid.UUID)], query=query, descending=True)
