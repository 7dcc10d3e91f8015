"""SQL of statements."""

from __future__ import annotations

import uuid

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.credit.statements.models import Statement
from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import within


async def by_id(session: AsyncSession, statement_id: uuid.UUID, *, rows: RowScope) -> Statement | None:
    statement = within(rows, select(Statement).where(Statement.id == statement_id), col(Statement.uscc))
    return (await session.exec(statement)).first()


async def page_of(
    session: AsyncSession, *, rows: RowScope, query: PageQuery, uscc: str | None
) -> tuple[list[Statement], str | None]:
    """Newest first."""
    statement = within(rows, select(Statement), col(Statement.uscc))
    if uscc is not None:
        statement = statement.where(Statement.uscc == uscc)
    return await page(session, statement, by=[(col(Statement.id), uuid.UUID)], query=query, descending=True)
