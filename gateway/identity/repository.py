"""SQL of identity."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.identity.models import Account, Client, RefreshToken


async def account_by_login(session: AsyncSession, login: str) -> Account | None:
    return (await session.exec(select(Account).where(Account.login == login.lower()))).first()


async def account_by_id(session: AsyncSession, account_id: uuid.UUID) -> Account | None:
    return await session.get(Account, account_id)


async def account_for_sign_in(session: AsyncSession, account_id: uuid.UUID) -> Account | None:
    """The account, held against changes until the transaction ends; others may sign in at the same time."""
    return await session.get(
        Account, account_id, with_for_update={"read": True, "key_share": False}, populate_existing=True
    )


async def client_by_id(session: AsyncSession, client_id: str) -> Client | None:
    return await session.get(Client, client_id)


async def clients_disabled_since(session: AsyncSession, moment: datetime) -> Sequence[str]:
    """The systems that were disabled after `moment`."""
    return (await session.exec(select(Client.client_id).where(col(Client.disabled_at) > moment))).all()


async def refresh_token(session: AsyncSession, sha256: str) -> RefreshToken | None:
    """The token with this hash. Lock its session first: two uses at once are one use and one replay."""
    return (await session.exec(select(RefreshToken).where(RefreshToken.sha256 == sha256))).first()
