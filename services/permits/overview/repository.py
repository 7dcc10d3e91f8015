"""SQL of the overview: counts and dates of one enterprise that the caller may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.auth import RowScope
from services.kit.scoping import within_sites
from services.permits.exceedances.models import ExceedanceConfirmation
from services.permits.obligations.models import Obligation
from services.permits.obligations.repository import is_owed
from services.permits.permits.models import Permit, PermitVersion
from services.permits.reports.models import Report


async def permits_of(
    session: AsyncSession, uscc: str, *, rows: RowScope
) -> Sequence[tuple[Permit, PermitVersion]]:
    """Each permit with its present version."""
    statement = (
        select(Permit, PermitVersion)
        .join(PermitVersion, col(PermitVersion.permit_id) == Permit.id)
        .where(Permit.uscc == uscc, PermitVersion.version == Permit.current_version)
        .order_by(col(Permit.permit_number))
    )
    statement = within_sites(rows, statement, col(Permit.uscc), site=col(Permit.permit_number))
    return (await session.exec(statement)).all()


async def obligations_of(session: AsyncSession, uscc: str, *, rows: RowScope, today: date) -> tuple[int, int]:
    """How many reports are owed, and how many of them are late."""
    owed = sa.and_(
        col(Obligation.uscc) == uscc,
        is_owed(),
        col(Obligation.period_end) < today,
    )
    late = sa.func.count().filter(col(Obligation.due_on) < today)
    statement = select(sa.func.count(), late).select_from(Obligation).where(owed)
    statement = within_sites(rows, statement, col(Obligation.uscc), site=col(Obligation.permit_number))
    return (await session.exec(statement)).one()


async def accepted_of(session: AsyncSession, uscc: str, *, rows: RowScope) -> int:
    accepted = (
        select(sa.func.count()).select_from(Report).where(Report.uscc == uscc, Report.state == "accepted")
    )
    accepted = within_sites(rows, accepted, col(Report.uscc), site=col(Report.permit_number))
    return (await session.exec(accepted)).one()


async def confirmations_of(session: AsyncSession, uscc: str, *, rows: RowScope, since: datetime) -> int:
    confirmed = (
        select(sa.func.count())
        .select_from(ExceedanceConfirmation)
        .where(ExceedanceConfirmation.uscc == uscc, ExceedanceConfirmation.confirmed_at >= since)
    )
    confirmed = within_sites(
        rows,
        confirmed,
        col(ExceedanceConfirmation.uscc),
        site=col(ExceedanceConfirmation.permit_number),
    )
    return (await session.exec(confirmed)).one()
