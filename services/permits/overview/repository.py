"""SQL of the overview: counts and dates of one enterprise that the caller may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.permits.exceedances.models import ExceedanceConfirmation
from services.permits.obligations.models import Obligation
from services.permits.permits.models import Permit, PermitVersion
from services.permits.reports.models import Report


async def permits_of(session: AsyncSession, uscc: str) -> Sequence[tuple[Permit, PermitVersion]]:
    """Each permit with its present version."""
    statement = (
        select(Permit, PermitVersion)
        .join(PermitVersion, col(PermitVersion.permit_id) == Permit.id)
        .where(Permit.uscc == uscc, PermitVersion.version == Permit.current_version)
        .order_by(col(Permit.permit_number))
    )
    return (await session.exec(statement)).all()


async def obligations_of(session: AsyncSession, uscc: str, *, today: date) -> tuple[int, int]:
    """How many reports are owed, and how many of them are late."""
    owed = sa.and_(
        col(Obligation.uscc) == uscc,
        col(Obligation.report_id).is_(None),
        col(Obligation.period_end) < today,
    )
    late = sa.func.count().filter(col(Obligation.due_on) < today)
    return (await session.exec(select(sa.func.count(), late).select_from(Obligation).where(owed))).one()


async def accepted_of(session: AsyncSession, uscc: str) -> int:
    accepted = (
        select(sa.func.count()).select_from(Report).where(Report.uscc == uscc, Report.state == "accepted")
    )
    return (await session.exec(accepted)).one()


async def confirmations_of(session: AsyncSession, uscc: str, *, since: datetime) -> int:
    confirmed = (
        select(sa.func.count())
        .select_from(ExceedanceConfirmation)
        .where(ExceedanceConfirmation.uscc == uscc, ExceedanceConfirmation.confirmed_at >= since)
    )
    return (await session.exec(confirmed)).one()
