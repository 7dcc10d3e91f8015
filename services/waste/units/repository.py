"""SQL of units."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import within
from services.waste.units.models import Unit


async def by_uscc(session: AsyncSession, uscc: str, *, rows: RowScope, lock: bool = False) -> Unit | None:
    statement = within(rows, select(Unit).where(Unit.uscc == uscc), col(Unit.uscc))
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def named(session: AsyncSession, usccs: Iterable[str]) -> dict[str, Unit]:
    """The units of these codes, whosoever they are: a manifest names other parties than the caller."""
    found = await session.exec(select(Unit).where(col(Unit.uscc).in_(set(usccs))))
    return {unit.uscc: unit for unit in found}


async def page_of(
    session: AsyncSession, *, rows: RowScope, query: PageQuery, name: str | None, kind: str | None
) -> tuple[list[Unit], str | None]:
    statement = within(rows, select(Unit), col(Unit.uscc))
    if name is not None:
        statement = statement.where(col(Unit.name).contains(name, autoescape=True))
    if kind is not None:
        statement = statement.where(sa.literal(kind) == sa.any_(col(Unit.kinds)))
    return await page(session, statement, by=[(col(Unit.uscc), str)], query=query)
