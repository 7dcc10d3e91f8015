"""Enterprises as they are read: the register's record with the grade that credit gave."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from services.permits.credit import repository as credit
from services.permits.credit.models import CreditGrade
from services.permits.enterprises.models import Enterprise
from services.permits.enterprises.schemas import CreditRead, EnterpriseRead


async def views_of(session: AsyncSession, enterprises: Sequence[Enterprise]) -> list[EnterpriseRead]:
    grades = await credit.grades_of(session, [enterprise.uscc for enterprise in enterprises])
    return [
        EnterpriseRead.model_validate(enterprise).model_copy(update={"credit": _grade(grades, enterprise)})
        for enterprise in enterprises
    ]


def _grade(grades: dict[str, CreditGrade], enterprise: Enterprise) -> CreditRead | None:
    grade = grades.get(enterprise.uscc)
    return CreditRead.model_validate(grade) if grade else None


async def view_of(session: AsyncSession, enterprise: Enterprise) -> EnterpriseRead:
    return (await views_of(session, [enterprise]))[0]


def etag(enterprise: EnterpriseRead) -> str:
    """Changes with the record and with the grade."""
    graded = f".{enterprise.credit.evaluated_at.timestamp()}" if enterprise.credit else ""
    return f'"{enterprise.version}{graded}"'
