"""SQL of withholding."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import within_sites
from services.permits.confidentiality.models import Withholding
from services.permits.permits.models import Permit


async def by_id(
    session: AsyncSession, withholding_id: uuid.UUID, *, rows: RowScope, lock: bool = False
) -> Withholding | None:
    statement = within_sites(
        rows,
        select(Withholding).where(Withholding.id == withholding_id),
        col(Withholding.uscc),
        site=col(Withholding.permit_number),
    )
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def page_of(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    permit_number: str | None,
    state: str | None,
) -> tuple[list[Withholding], str | None]:
    """Newest first."""
    statement = within_sites(
        rows, select(Withholding), col(Withholding.uscc), site=col(Withholding.permit_number)
    )
    if permit_number is not None:
        statement = statement.where(Withholding.permit_number == permit_number)
    if state is not None:
        statement = statement.where(Withholding.state == state)
    return await page(session, statement, by=[(col(Withholding.id), uuid.UUID)], query=query, descending=True)


async def of_permits(session: AsyncSession, numbers: Collection[str]) -> Sequence[Withholding]:
    """Every request about these permits, the oldest first."""
    statement = select(Withholding).where(col(Withholding.permit_number).in_(numbers))
    return (await session.exec(statement.order_by(col(Withholding.id)))).all()


async def lock_permit(session: AsyncSession, number: str) -> None:
    """Requests about one permit are taken one after the other."""
    await session.exec(select(Permit.id).where(Permit.permit_number == number).with_for_update())
