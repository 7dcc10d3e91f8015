"""Reading what is to be changed, and waiting for whoever changes it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit.scoping import Statement


def locking(statement: Statement) -> Statement:
    """Its rows locked, and as they are by then: a session that holds one already does not read it again by itself."""
    return statement.with_for_update().execution_options(populate_existing=True)


async def one_at_a_time(session: AsyncSession, name: str) -> None:
    """Until this transaction ends whoever asks for the same name waits: for what has no row that could be locked."""
    await session.exec(select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))
