"""SQL of the administration of accounts."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.identity.models import Account, Department
from services.kit.pages import PageQuery, page


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of the list of accounts; None: any."""

    login: str | None = None
    role: str | None = None
    uscc: str | None = None
    department: str | None = None
    disabled: bool | None = None


async def accounts(
    session: AsyncSession, wanted: Wanted, query: PageQuery
) -> tuple[list[Account], str | None]:
    statement = select(Account).where(*_conditions(wanted))
    return await page(session, statement, by=[(col(Account.login), str)], query=query)


def _conditions(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if wanted.login is not None:
        conditions.append(col(Account.login) == wanted.login.lower())
    if wanted.role is not None:
        conditions.append(sa.literal(wanted.role) == sa.any_(col(Account.roles)))
    if wanted.uscc is not None:
        conditions.append(sa.literal(wanted.uscc) == sa.any_(col(Account.usccs)))
    if wanted.department is not None:
        conditions.append(col(Account.department) == wanted.department)
    if wanted.disabled is not None:
        conditions.append(col(Account.disabled_at).is_not(None) == sa.literal(wanted.disabled))
    return conditions


async def account(session: AsyncSession, account_id: uuid.UUID, *, lock: bool = False) -> Account | None:
    return await session.get(Account, account_id, with_for_update=lock)


async def login_taken(session: AsyncSession, login: str) -> bool:
    return (await session.exec(select(Account.id).where(Account.login == login.lower()))).first() is not None


async def department(session: AsyncSession, code: str) -> Department | None:
    return await session.get(Department, code)


async def departments(session: AsyncSession, query: PageQuery) -> tuple[list[Department], str | None]:
    return await page(session, select(Department), by=[(col(Department.code), str)], query=query)
