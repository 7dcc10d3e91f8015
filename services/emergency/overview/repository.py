"""SQL of the overview."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.emergency.incidents.models import Incident
from services.kit.auth import RowScope
from services.kit.scoping import within


async def incidents_of(session: AsyncSession, uscc: str, *, rows: RowScope) -> Sequence[Incident]:
    """The incidents that an enterprise answers for, the last to happen first."""
    statement = select(Incident).where(Incident.responsible_uscc == uscc)
    statement = within(rows, statement, col(Incident.responsible_uscc))
    return (await session.exec(statement.order_by(col(Incident.happened_at).desc(), col(Incident.id)))).all()
