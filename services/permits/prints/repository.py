"""SQL of printable reports."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.permits.prints.models import ReportPrint


async def basis_of(session: AsyncSession, version_id: uuid.UUID) -> dict[str, Any] | None:
    statement: Any = select(ReportPrint.basis).where(col(ReportPrint.report_version_id) == version_id)
    found: dict[str, Any] | None = (await session.exec(statement)).first()
    return found


async def keep(session: AsyncSession, version_id: uuid.UUID, basis: dict[str, Any]) -> dict[str, Any]:
    """The basis that is kept: this one, or that of whoever printed it at the same time and came first."""
    row = {"report_version_id": version_id, "basis": basis, "gathered_at": clock.now()}
    await session.exec(insert(ReportPrint).values(row).on_conflict_do_nothing())
    return await basis_of(session, version_id) or basis
