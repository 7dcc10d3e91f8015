"""SQL of draft applications."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import matching, within_sites
from services.permits.application_drafts.models import ApplicationDraft

_SITE = sa.func.coalesce(col(ApplicationDraft.permit_number), "")


async def by_id(
    session: AsyncSession, draft_id: uuid.UUID, *, rows: RowScope, lock: bool = False
) -> ApplicationDraft | None:
    statement = select(ApplicationDraft).where(ApplicationDraft.id == draft_id)
    statement = within_sites(rows, statement, col(ApplicationDraft.uscc), site=_SITE)
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def open_for(session: AsyncSession, uscc: str, site_name: str) -> ApplicationDraft | None:
    """The one open draft of a site."""
    statement = select(ApplicationDraft).where(
        ApplicationDraft.uscc == uscc,
        ApplicationDraft.site_name == site_name,
        ApplicationDraft.state == "open",
    )
    return (await session.exec(statement)).first()


async def page_of(
    session: AsyncSession, *, rows: RowScope, query: PageQuery, **filters: str | None
) -> tuple[list[ApplicationDraft], str | None]:
    """Newest first."""
    statement = within_sites(rows, select(ApplicationDraft), col(ApplicationDraft.uscc), site=_SITE)
    named = ((getattr(ApplicationDraft, name), value) for name, value in filters.items())
    statement = matching(statement, *named)
    by = [(col(ApplicationDraft.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query, descending=True)
