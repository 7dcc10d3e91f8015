"""Puts the sample's accounts, and the services' own clients, into the gateway's database."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlmodel import select

from gateway.identity.models import Account, Client
from gateway.identity.passwords import digest, hash_password
from infra.sample.types import SampleAccount
from services.kit import clock
from services.kit.database import Database
from services.kit.ids import new_id

SERVICE_SCOPES = ["events:read", "permits:read"]
"""What one service may ask of another; they meet in feeds."""


async def load_accounts(
    database: Database, accounts: Sequence[SampleAccount], *, password: str, client_secrets: dict[str, str]
) -> dict[str, uuid.UUID]:
    """Adds what is missing; account ids by login. All sample accounts share one password, made on this machine."""
    async with database.transaction() as session:
        known = {account.login: account.id for account in await session.exec(select(Account))}
        clients = {client.client_id for client in await session.exec(select(Client))}
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
        for service, secret in client_secrets.items():
            if service not in clients:
                session.add(
                    Client(
                        client_id=service,
                        name=f"steppe {service}",
                        secret_sha256=digest(secret),
                        scopes=SERVICE_SCOPES,
                        usccs=[],
                        every_enterprise=True,
                        created_at=clock.now(),
                    )
                )
    return known
