"""SQL of apps."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.apps.models import AuthorizationCode
from gateway.identity.models import App
from gateway.sessions.models import AccountSession


async def living_app(session: AsyncSession, client_id: str) -> App | None:
    app = await session.get(App, client_id)
    return app if app is not None and app.disabled_at is None else None


async def session_of_code(session: AsyncSession, sha256: str) -> AccountSession | None:
    """The session that a code belongs to, locked: two presentations come one after the other."""
    wanted = (
        select(AccountSession)
        .join(AuthorizationCode, col(AuthorizationCode.session_id) == col(AccountSession.id))
        .where(AuthorizationCode.sha256 == sha256)
        .with_for_update(of=AccountSession)
    )
    return (await session.exec(wanted)).first()


async def code(session: AsyncSession, sha256: str) -> AuthorizationCode | None:
    """The code with this hash. Lock its session first."""
    return (await session.exec(select(AuthorizationCode).where(AuthorizationCode.sha256 == sha256))).first()


async def forget_codes(session: AsyncSession, session_ids: Sequence[uuid.UUID]) -> None:
    """Deletes the codes of these sessions."""
    await session.exec(sa.delete(AuthorizationCode).where(col(AuthorizationCode.session_id).in_(session_ids)))
