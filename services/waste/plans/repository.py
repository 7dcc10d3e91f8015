"""SQL of management plans."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import within
from services.waste.plans.models import Plan, PlanLine


async def by_id(session: AsyncSession, plan_id: uuid.UUID, *, rows: RowScope) -> Plan | None:
    statement = within(rows, select(Plan).where(Plan.id == plan_id), col(Plan.uscc))
    return (await session.exec(statement)).first()


async def of_site(session: AsyncSession, uscc: str, *, site_code: str, year: int) -> Plan | None:
    statement = select(Plan).where(Plan.uscc == uscc, Plan.site_code == site_code, Plan.year == year)
    return (await session.exec(statement)).first()


async def lines_of(session: AsyncSession, plan_id: uuid.UUID) -> Sequence[PlanLine]:
    statement = (
        select(PlanLine)
        .where(PlanLine.plan_id == plan_id)
        .order_by(col(PlanLine.waste_code), col(PlanLine.receiver_uscc))
    )
    return (await session.exec(statement)).all()


async def page_of(
    session: AsyncSession, *, rows: RowScope, query: PageQuery, uscc: str | None, year: int | None
) -> tuple[list[Plan], str | None]:
    """Newest first."""
    statement = within(rows, select(Plan), col(Plan.uscc))
    if uscc is not None:
        statement = statement.where(Plan.uscc == uscc)
    if year is not None:
        statement = statement.where(Plan.year == year)
    return await page(session, statement, by=[(col(Plan.id), uuid.UUID)], query=query, descending=True)
