"""SQL of licences."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.pages import PageQuery, page
from services.waste.licences.models import Licence, LicenceGroup


async def by_number(session: AsyncSession, number: str) -> Licence | None:
    return (await session.exec(select(Licence).where(Licence.licence_number == number))).first()


async def groups_of(
    session: AsyncSession, licence_ids: Iterable[uuid.UUID]
) -> dict[uuid.UUID, list[LicenceGroup]]:
    """The groups of these licences in their order, by licence."""
    statement = (
        select(LicenceGroup)
        .where(col(LicenceGroup.licence_id).in_(set(licence_ids)))
        .order_by(col(LicenceGroup.licence_id), col(LicenceGroup.position))
    )
    found: dict[uuid.UUID, list[LicenceGroup]] = {}
    for group in await session.exec(statement):
        found.setdefault(group.licence_id, []).append(group)
    return found


async def of_holder(session: AsyncSession, uscc: str, *, on: date) -> Sequence[Licence]:
    """The licences of a holder that hold on a day."""
    statement = (
        select(Licence)
        .where(Licence.holder_uscc == uscc, Licence.valid_from <= on, Licence.valid_to >= on)
        .order_by(col(Licence.licence_number))
    )
    return (await session.exec(statement)).all()


async def page_of(
    session: AsyncSession, *, query: PageQuery, holder_uscc: str | None, code: str | None, on: date | None
) -> tuple[list[Licence], str | None]:
    """Licences are announced: every signed-in reader sees all of them."""
    statement = select(Licence)
    if holder_uscc is not None:
        statement = statement.where(Licence.holder_uscc == holder_uscc)
    if on is not None:
        statement = statement.where(Licence.valid_from <= on, Licence.valid_to >= on)
    if code is not None:
        named = sa.literal([code, f"HW{code[-2:]}"], sa.ARRAY(sa.Text()))
        covering = select(LicenceGroup.licence_id).where(col(LicenceGroup.codes).op("&&")(named))
        statement = statement.where(col(Licence.id).in_(covering))
    return await page(session, statement, by=[(col(Licence.licence_number), str)], query=query)
