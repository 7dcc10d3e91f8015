"""Puts the sample's accounts into the gateway's database."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlmodel import select

from gateway.identity.models import Account
from gateway.identity.passwords import hash_password
from infra.sample.types import SampleAccount
from services.kit import clock
from services.kit.database import Database
from services.kit.ids import new_id


async def load_accounts(
    database: Database, accounts: Sequence[SampleAccount], *, password: str
) -> dict[str, uuid.UUID]:
    """Adds what is missing; account ids by login. All sample accounts share one password, made on this machine."""
    async with database.transaction() as session:
        known = {account.login: account.id for account in await session.exec(select(Account))}
        missing = [account for account in accounts if account.login not in known]
        hashed = hash_password(password) if missing else ""
        for sample in missing:
            account = Account(
                id=new_id(),
                login=sample.login,
                name=sample.name,
                password_hash=hashed,
                roles=list(sample.roles),
                usccs=list(sample.usccs),
                created_at=clock.now(),
            )
            session.add(account)
            known[sample.login] = account.id
    return known
