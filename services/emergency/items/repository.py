"""SQL of items."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.items.models import Item
from services.kit.pages import PageQuery, page


async def by_code(session: AsyncSession, code: str) -> Item | None:
    return (await session.exec(select(Item).where(Item.code == code))).first()


async def by_codes(session: AsyncSession, codes: Iterable[str]) -> dict[str, Item]:
    """The items among these codes, by code."""
    found = await session.exec(select(Item).where(col(Item.code).in_(set(codes))))
    return {item.code: item for item in found}


async def page_of(
    session: AsyncSession, *, query: PageQuery, category: str | None, name: str | None
) -> tuple[list[Item], str | None]:
    statement = select(Item)
    if category is not None:
        statement = statement.where(Item.category == category)
    if name is not None:
        statement = statement.where(col(Item.name).contains(name, autoescape=True))
    return await page(session, statement, by=[(col(Item.code), str)], query=query)
