"""SQL of enterprises."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import naming
from services.permits.enterprises.models import Enterprise


async def by_uscc(
    session: AsyncSession, uscc: str, *, rows: RowScope, lock: bool = False
) -> Enterprise | None:
    statement = naming(rows, select(Enterprise).where(Enterprise.uscc == uscc), col(Enterprise.uscc))
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def region_of(session: AsyncSession, uscc: str) -> str | None:
    """Where an enterprise is (GB/T 2260); whoever asks has seen to it that the caller may know."""
    return (await session.exec(select(Enterprise.region_code).where(Enterprise.uscc == uscc))).first()


async def names_of(session: AsyncSession, usccs: Collection[str]) -> dict[str, str]:
    """By USCC; whoever asks has seen to it that the caller may know of them."""
    rows = await session.exec(select(Enterprise.uscc, Enterprise.name).where(col(Enterprise.uscc).in_(usccs)))
    return dict(rows.all())


async def page_of(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    name: str | None,
    management_class: str | None,
    region_code: str | None,
    industry_code: str | None,
) -> tuple[list[Enterprise], str | None]:
    """By USCC; of the codes of division and industry it is enough how they begin."""
    statement = naming(rows, select(Enterprise), col(Enterprise.uscc))
    if name is not None:
        statement = statement.where(col(Enterprise.name).contains(name, autoescape=True))
    if management_class is not None:
        statement = statement.where(Enterprise.management_class == management_class)
    for column, beginning in (
        (Enterprise.region_code, region_code),
        (Enterprise.industry_code, industry_code),
    ):
        if beginning is not None:
            statement = statement.where(col(column).startswith(beginning, autoescape=True))
    return await page(session, statement, by=[(col(Enterprise.uscc), str)], query=query)
