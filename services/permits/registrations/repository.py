"""SQL of registrations."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.pages import PageQuery, page
from services.kit.scoping import Statement, within_sites
from services.permits.enterprises.models import Enterprise
from services.permits.permits.models import Permit
from services.permits.registrations.models import Registration, RegistrationReview, RegistrationVersion


def _within(rows: RowScope, statement: Statement) -> Statement:
    return within_sites(rows, statement, col(Registration.uscc), site=col(Registration.receipt_number))


async def by_number(
    session: AsyncSession, number: str, *, rows: RowScope, lock: bool = False
) -> Registration | None:
    statement = _within(rows, select(Registration).where(Registration.receipt_number == number))
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


def _stands(standing: str, today: date) -> sa.ColumnElement[bool]:
    cancelled, holds = col(Registration.cancelled), col(Registration.valid_to) >= today
    by_standing: dict[str, sa.ColumnElement[bool]] = {
        "cancelled": cancelled.is_(True),
        "in_force": sa.and_(~cancelled, holds),
        "expired": sa.and_(~cancelled, ~holds),
    }
    return by_standing[standing]


async def page_of(
    session: AsyncSession,
    *,
    rows: RowScope,
    query: PageQuery,
    today: date,
    uscc: str | None,
    standing: str | None,
    for_review: bool | None = None,
    expires_before: date | None = None,
    name: str | None = None,
) -> tuple[list[Registration], str | None]:
    """In the order of their numbers; `name` is part of the enterprise's."""
    statement = _within(rows, select(Registration))
    if uscc is not None:
        statement = statement.where(Registration.uscc == uscc)
    if standing is not None:
        statement = statement.where(_stands(standing, today))
    if for_review is not None:
        statement = statement.where(col(Registration.for_review).is_(for_review))
    if expires_before is not None:
        statement = statement.where(col(Registration.valid_to) < expires_before)
    if name is not None:
        named = select(Enterprise.uscc).where(col(Enterprise.name).contains(name, autoescape=True))
        statement = statement.where(col(Registration.uscc).in_(named))
    return await page(session, statement, by=[(col(Registration.receipt_number), str)], query=query)


async def of_enterprise(session: AsyncSession, uscc: str) -> Sequence[Registration]:
    return (await session.exec(select(Registration).where(Registration.uscc == uscc))).all()


async def permits_of(session: AsyncSession, uscc: str) -> Sequence[Permit]:
    return (await session.exec(select(Permit).where(Permit.uscc == uscc))).all()


async def version_of(
    session: AsyncSession, registration_id: uuid.UUID, version: int
) -> RegistrationVersion | None:
    statement = select(RegistrationVersion).where(
        RegistrationVersion.registration_id == registration_id, RegistrationVersion.version == version
    )
    return (await session.exec(statement)).first()


async def version_on(
    session: AsyncSession, registration_id: uuid.UUID, day: date
) -> RegistrationVersion | None:
    """The version that counts on `day`; None before the first was filed."""
    statement = (
        select(RegistrationVersion)
        .where(
            RegistrationVersion.registration_id == registration_id, RegistrationVersion.effective_on <= day
        )
        .order_by(col(RegistrationVersion.version).desc())
    )
    return (await session.exec(statement)).first()


async def versions_page(
    session: AsyncSession, registration_id: uuid.UUID, *, query: PageQuery
) -> tuple[list[RegistrationVersion], str | None]:
    """Newest first."""
    statement = select(RegistrationVersion).where(RegistrationVersion.registration_id == registration_id)
    by = [(col(RegistrationVersion.version), int)]
    return await page(session, statement, by=by, query=query, descending=True)


async def reviews_of(session: AsyncSession, registration_id: uuid.UUID) -> Sequence[RegistrationReview]:
    statement = select(RegistrationReview).where(RegistrationReview.registration_id == registration_id)
    return (await session.exec(statement.order_by(col(RegistrationReview.version)))).all()
