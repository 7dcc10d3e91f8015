"""SQL of credit grades."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.permits.credit.models import CreditGrade


async def grades_of(session: AsyncSession, usccs: Collection[str]) -> dict[str, CreditGrade]:
    """The grades of these enterprises, by USCC; the caller has already been allowed to see the enterprises."""
    found = await session.exec(select(CreditGrade).where(col(CreditGrade.uscc).in_(usccs)))
    return {grade.uscc: grade for grade in found}
