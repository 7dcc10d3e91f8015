"""SQL of federation."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.federation.models import ExternalIdentity, UsedToken
from gateway.federation.rules import Person
from services.kit.ids import new_id

_USED = cast(sa.Table, UsedToken.__table__)  # type: ignore[attr-defined]
_KNOWN = cast(sa.Table, ExternalIdentity.__table__)  # type: ignore[attr-defined]
_AT_A_TIME = 100


async def use_up(session: AsyncSession, sha256: str, *, expires_at: datetime) -> bool:
    """Marks a token as used; False where it was already. Two at once: the second waits for the first."""
    claim = (
        insert(_USED)
        .values(sha256=sha256, expires_at=expires_at)
        .on_conflict_do_nothing()
        .returning(_USED.c.sha256)
    )
    return (await session.exec(claim)).first() is not None


async def forget_before(session: AsyncSession, moment: datetime) -> None:
    """Drops some of the marks that nobody needs any more; those that another transaction drops are left to it."""
    gone = select(UsedToken.sha256).where(col(UsedToken.expires_at) < moment).limit(_AT_A_TIME)
    await session.exec(sa.delete(_USED).where(_USED.c.sha256.in_(gone.with_for_update(skip_locked=True))))


async def batches_before(session: AsyncSession, moment: datetime) -> int:
    """How often `forget_before` has to be called until none is left."""
    over = select(sa.func.count()).select_from(UsedToken).where(col(UsedToken.expires_at) < moment)
    return -(-(await session.exec(over)).one() // _AT_A_TIME)


async def seen(session: AsyncSession, issuer: str, person: Person, moment: datetime) -> ExternalIdentity:
    """The person's record, made or brought up to date."""
    told = {
        "name": person.name,
        "roles": list(person.roles),
        "usccs": list(person.usccs),
        "department": person.department,
        "last_seen_at": moment,
    }
    row = insert(_KNOWN).values(
        id=new_id(), issuer=issuer, subject=person.subject, first_seen_at=moment, **told
    )
    await session.exec(row.on_conflict_do_update(index_elements=["issuer", "subject"], set_=told))
    wanted = select(ExternalIdentity).where(
        ExternalIdentity.issuer == issuer, ExternalIdentity.subject == person.subject
    )
    return (await session.exec(wanted)).one()
