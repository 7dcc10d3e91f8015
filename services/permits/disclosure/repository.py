"""SQL of the public pages: only permits, and reports that were accepted."""

from __future__ import annotations

import uuid

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.permits.enterprises.models import Enterprise
from services.permits.permits.models import Permit
from services.permits.reports.models import Report
from services.permits.reports.repository import page_of as page_of_reports

PUBLIC = RowScope(everything=True)
"""What is disclosed is disclosed to all; these queries themselves leave out what is not."""


async def permits_page(
    session: AsyncSession, *, query: PageQuery, name: str | None, uscc: str | None
) -> tuple[list[Permit], str | None]:
    statement = select(Permit)
    if uscc is not None:
        statement = statement.where(Permit.uscc == uscc)
    if name is not None:
        named = select(Enterprise.uscc).where(col(Enterprise.name).contains(name, autoescape=True))
        statement = statement.where(col(Permit.uscc).in_(named))
    return await page(session, statement, by=[(col(Permit.permit_number), str)], query=query)


async def enterprise_names(session: AsyncSession, usccs: set[str]) -> dict[str, str]:
    rows = await session.exec(select(Enterprise.uscc, Enterprise.name).where(col(Enterprise.uscc).in_(usccs)))
    return dict(rows.all())


async def accepted_page(
    session: AsyncSession, *, query: PageQuery, uscc: str | None, permit_number: str | None
) -> tuple[list[Report], str | None]:
    return await page_of_reports(
        session, rows=PUBLIC, query=query, uscc=uscc, permit_number=permit_number, state="accepted"
    )


async def accepted_report(session: AsyncSession, report_id: uuid.UUID) -> Report | None:
    statement = select(Report).where(Report.id == report_id, Report.state == "accepted")
    return (await session.exec(statement)).first()
