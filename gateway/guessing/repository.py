"""SQL of the count of attempts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.guessing.models import SignInTries
from gateway.guessing.rules import Tries

_TABLE = cast(sa.Table, SignInTries.__table__)  # type: ignore[attr-defined]
_TIDIED_AT_ONCE = 20


async def locked(session: AsyncSession, keys: Sequence[str], moment: datetime) -> dict[str, SignInTries]:
    """The rows of these keys, made where they are missing, locked in the order of the keys.

    In one statement: between an insert that finds a row and a lock on it, a sign-in that succeeds may delete it.
    """
    empty = [{"key": key, "count": 0, "last_at": moment, "blocked_until": moment} for key in sorted(keys)]
    made = insert(SignInTries).values(empty)
    held = made.on_conflict_do_update(index_elements=[_TABLE.c.key], set_={"key": made.excluded.key})
    whole = held.returning(SignInTries).execution_options(populate_existing=True)
    return {row.key: row for row in (await session.exec(whole)).scalars()}


async def lock_known(session: AsyncSession, keys: Sequence[str]) -> dict[str, SignInTries]:
    """Those of the rows that there are, locked in the order of the keys."""
    wanted = select(SignInTries).where(col(SignInTries.key).in_(keys)).order_by(SignInTries.key)
    return {row.key: row for row in (await session.exec(wanted.with_for_update())).all()}


def put(rows: Mapping[str, SignInTries], key: str, tries: Tries) -> None:
    row = rows[key]
    row.count, row.last_at, row.blocked_until = tries.count, tries.last_at, tries.blocked_until


async def tidy(session: AsyncSession, before: datetime) -> None:
    """Drops a few rows that no longer count, so that the table is as long as the guessing of a day."""
    old = (
        sa.select(_TABLE.c.key)
        .where(_TABLE.c.last_at < before)
        .order_by(_TABLE.c.last_at)
        .limit(_TIDIED_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await session.exec(sa.delete(_TABLE).where(_TABLE.c.key.in_(old)))
