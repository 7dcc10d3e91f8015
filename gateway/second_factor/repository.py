"""SQL of the second factor."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.second_factor.models import RecoveryCode, SecondFactor


async def factor(session: AsyncSession, account_id: uuid.UUID, *, lock: bool = False) -> SecondFactor | None:
    return await session.get(
        SecondFactor, account_id, with_for_update=True if lock else None, populate_existing=lock
    )


async def use_recovery_code(
    session: AsyncSession, account_id: uuid.UUID, digests: Collection[str], moment: datetime
) -> bool:
    """Marks an unused code as used, where there is one of these digests: two at once are one use."""
    wanted = (
        sa.update(RecoveryCode)
        .where(col(RecoveryCode.account_id) == account_id, col(RecoveryCode.digest).in_(digests))
        .where(col(RecoveryCode.used_at).is_(None))
        .values(used_at=moment)
    )
    return bool((await session.exec(wanted)).rowcount)


async def recovery_codes_left(session: AsyncSession, account_id: uuid.UUID) -> int:
    wanted = (
        select(sa.func.count())
        .select_from(RecoveryCode)
        .where(col(RecoveryCode.account_id) == account_id, col(RecoveryCode.used_at).is_(None))
    )
    return int((await session.exec(wanted)).one())


async def forget_recovery_codes(session: AsyncSession, account_id: uuid.UUID) -> None:
    await session.exec(sa.delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))
