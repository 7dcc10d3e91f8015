"""SQL of sessions. A session's row is locked before its refresh tokens are looked at: its family changes in turn."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.identity.models import RefreshToken
from gateway.sessions.models import AccountSession
from services.kit.pages import PageQuery, page

_ID = col(AccountSession.id)
_ENDED_AT = col(AccountSession.ended_at)


async def of_refresh_token(session: AsyncSession, sha256: str) -> AccountSession | None:
    """The session that a refresh token belongs to, locked."""
    wanted = (
        select(AccountSession)
        .join(RefreshToken, col(RefreshToken.family) == _ID)
        .where(RefreshToken.sha256 == sha256)
        .with_for_update(of=AccountSession)
    )
    return (await session.exec(wanted)).first()


async def living(
    session: AsyncSession, account_id: uuid.UUID, moment: datetime, query: PageQuery
) -> tuple[list[AccountSession], str | None]:
    """The account's sessions that still hold at `moment`, newest first."""
    wanted = select(AccountSession).where(*_living(account_id, moment))
    return await page(session, wanted, by=[(_ID, uuid.UUID)], query=query, descending=True)


async def lock_living(
    session: AsyncSession, account_id: uuid.UUID, moment: datetime, *, only: uuid.UUID | None = None
) -> list[AccountSession]:
    """The account's living sessions, or the one named, locked in the order of their ids."""
    wanted = select(AccountSession).where(*_living(account_id, moment))
    if only is not None:
        wanted = wanted.where(only == _ID)
    return list((await session.exec(wanted.order_by(_ID).with_for_update())).all())


async def revoke_tokens(session: AsyncSession, families: Sequence[uuid.UUID], moment: datetime) -> None:
    """No refresh token of these sessions holds any more."""
    held = sa.and_(col(RefreshToken.family).in_(families), col(RefreshToken.revoked_at).is_(None))
    await session.exec(sa.update(RefreshToken).where(held).values(revoked_at=moment))


async def ended_since(session: AsyncSession, moment: datetime, *, limit: int) -> list[uuid.UUID]:
    """The newest sessions that were ended after `moment`."""
    wanted = select(AccountSession.id).where(moment < _ENDED_AT).order_by(_ENDED_AT.desc()).limit(limit)
    return list((await session.exec(wanted)).all())


async def over_before(session: AsyncSession, moment: datetime, *, limit: int) -> Sequence[uuid.UUID]:
    """The sessions that ended, or ran out, before `moment`."""
    return (await session.exec(select(AccountSession.id).where(_over(moment)).limit(limit))).all()


async def lock_over(session: AsyncSession, ids: Sequence[uuid.UUID], moment: datetime) -> Sequence[uuid.UUID]:
    """Those of `ids` that are over still, locked."""
    wanted = select(AccountSession.id).where(_ID.in_(ids), _over(moment)).order_by(_ID)
    return (await session.exec(wanted.with_for_update())).all()


async def forget(session: AsyncSession, ids: Sequence[uuid.UUID]) -> None:
    """Deletes sessions and their refresh tokens."""
    await session.exec(sa.delete(RefreshToken).where(col(RefreshToken.family).in_(ids)))
    await session.exec(sa.delete(AccountSession).where(_ID.in_(ids)))


def _over(moment: datetime) -> sa.ColumnElement[bool]:
    """As two conditions, for each of which there is an index."""
    return sa.or_(moment > _ENDED_AT, sa.and_(_ENDED_AT.is_(None), col(AccountSession.expires_at) < moment))


def _living(account_id: uuid.UUID, moment: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        col(AccountSession.account_id) == account_id,
        _ENDED_AT.is_(None),
        col(AccountSession.expires_at) > moment,
    )
