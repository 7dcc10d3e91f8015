"""SQL of draft reports."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import matching, within_sites
from services.permits.drafts.models import Draft


async def by_id(
    session: AsyncSession, draft_id: uuid.UUID, *, rows: RowScope, lock: bool = False
) -> Draft | None:
    statement = select(Draft).where(Draft.id == draft_id)
    statement = within_sites(rows, statement, col(Draft.uscc), site=col(Draft.permit_number))
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def lock_all(
    session: AsyncSession, draft_ids: Collection[uuid.UUID], *, rows: RowScope
) -> dict[uuid.UUID, tuple[uuid.UUID, str]]:
    """Those of these drafts that are the caller's, locked in the order of their ids: obligation and permit of each."""
    statement = select(Draft.id, Draft.obligation_id, Draft.permit_number).where(col(Draft.id).in_(draft_ids))
    statement = within_sites(rows, statement, col(Draft.uscc), site=col(Draft.permit_number))
    found = await session.exec(statement.order_by(col(Draft.id)).with_for_update())
    return {draft_id: (obligation_id, number) for draft_id, obligation_id, number in found}


async def open_for(session: AsyncSession, obligation_id: uuid.UUID) -> Draft | None:
    """The one open draft of an obligation."""
    statement = select(Draft).where(Draft.obligation_id == obligation_id, Draft.state == "open")
    return (await session.exec(statement)).first()


async def page_of(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    permit_number: str | None,
    state: str | None,
) -> tuple[list[Draft], str | None]:
    """Newest first."""
    statement = within_sites(rows, select(Draft), col(Draft.uscc), site=col(Draft.permit_number))
    statement = matching(statement, (col(Draft.permit_number), permit_number), (col(Draft.state), state))
    return await page(session, statement, by=[(col(Draft.id), uuid.UUID)], query=query, descending=True)
