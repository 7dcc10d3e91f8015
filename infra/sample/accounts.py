"""Puts the sample's accounts into the gateway's database."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.identity.models import Account
from gateway.identity.passwords import hash_password
from gateway.sealing import Seal
from gateway.second_factor.models import SecondFactor
from gateway.second_factor.rules import NEVER
from gateway.second_factor.service import PURPOSE
from infra.sample.names import STAFF
from infra.sample.types import SampleAccount
from services.kit import clock
from services.kit.database import Database
from services.kit.ids import new_id

NEED_SECOND_FACTOR = frozenset({"approver", "administrator"})


@dataclass(frozen=True, slots=True)
class Authenticator:
    """What makes one-time codes (`steppe otp`), and the seal under which the gateway keeps it."""

    secret: str
    seal: Seal


async def load_accounts(
    database: Database, accounts: Sequence[SampleAccount], *, password: str, authenticator: Authenticator
) -> dict[str, uuid.UUID]:
    """Adds what is missing; account ids by login. All sample accounts share one password, made on this machine,
    and those that need a second factor share one authenticator.
    """
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
        await session.flush()  # the second factors refer to them
        await _bind(session, [known[each.login] for each in accounts if _needs(each)], authenticator)
    return known


async def bind_staff(database: Database, authenticator: Authenticator) -> None:
    """Binds the authenticator to those of the sample's staff who need one and have none."""
    async with database.transaction() as session:
        logins = [login for login, _, role in STAFF if role in NEED_SECOND_FACTOR]
        known = (await session.exec(select(Account.id).where(col(Account.login).in_(logins)))).all()
        await _bind(session, known, authenticator)


def _needs(account: SampleAccount) -> bool:
    return not NEED_SECOND_FACTOR.isdisjoint(account.roles)


async def _bind(session: AsyncSession, ids: Sequence[uuid.UUID], authenticator: Authenticator) -> None:
    for account_id in ids:
        if await session.get(SecondFactor, account_id) is None:
            sealed = authenticator.seal.seal(
                authenticator.secret.encode(), purpose=PURPOSE, of=str(account_id)
            )
            session.add(
                SecondFactor(account_id=account_id, sealed=sealed, last_step=NEVER, confirmed_at=clock.now())
            )
