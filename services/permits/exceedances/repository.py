"""SQL of confirmed exceedances."""

from __future__ import annotations

import uuid

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import within_sites
from services.permits.exceedances.models import ExceedanceConfirmation


async def page_of(
    session: AsyncSession, *, rows: RowScope, query: PageQuery, uscc: str | None, report_id: uuid.UUID | None
) -> tuple[list[ExceedanceConfirmation], str | None]:
    """Newest first."""
    statement = within_sites(
        rows,
        select(ExceedanceConfirmation),
        col(ExceedanceConfirmation.uscc),
        site=col(ExceedanceConfirmation.permit_number),
    )
    if uscc is not None:
        statement = statement.where(ExceedanceConfirmation.uscc == uscc)
    if report_id is not None:
        statement = statement.where(ExceedanceConfirmation.report_id == report_id)
    by = [(col(ExceedanceConfirmation.id), uuid.UUID)]
    return await page(session, statement, by=by, query=query, descending=True)
