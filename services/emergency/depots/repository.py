"""SQL of depots."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.depots.models import Depot
from services.kit.pages import PageQuery, page


async def by_code(session: AsyncSession, code: str) -> Depot | None:
    return (await session.exec(select(Depot).where(Depot.code == code))).first()


async def by_codes(session: AsyncSession, codes: Iterable[str]) -> dict[str, Depot]:
    """The depots among these codes, by code."""
    found = await session.exec(select(Depot).where(col(Depot.code).in_(set(codes))))
    return {depot.code: depot for depot in found}


async def by_ids(session: AsyncSession, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Depot]:
    found = await session.exec(select(Depot).where(col(Depot.id).in_(set(ids))))
    return {depot.id: depot for depot in found}


async def page_of(
    session: AsyncSession, *, query: PageQuery, kind: str | None
) -> tuple[list[Depot], str | None]:
    statement = select(Depot)
    if kind is not None:
        statement = statement.where(Depot.kind == kind)
    return await page(session, statement, by=[(col(Depot.code), str)], query=query)
