"""Adds the people and systems that may sign in to the gateway's database, each with its audit row.

For an installation's own administrators, on the machine: nobody is signed in, so the actor is `system`.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence

import asyncpg
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError
from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.identity.models import Account, Client
from gateway.identity.passwords import digest, hash_password
from infra.migrate import database_url
from infra.process_table import named
from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.ids import new_id

SYSTEM = Principal(subject="system", name="steppe", roles=(), scopes=frozenset())


class RefusedError(Exception):
    """What was asked for cannot be done; its text says why and holds no secret."""


async def add_account(
    login: str, *, name: str, password: str, roles: Sequence[str], usccs: Sequence[str]
) -> Account:
    """A person who signs in with a password. RefusedError where the login is taken or there is no database."""
    account = Account(
        id=new_id(),
        login=login.lower(),
        name=name,
        password_hash=await asyncio.to_thread(hash_password, password),
        roles=sorted(set(roles)),
        usccs=sorted(set(usccs)),
        created_at=clock.now(),
    )

    async def add(session: AsyncSession) -> None:
        session.add(account)
        after = account.model_dump(include={"login", "name", "roles", "usccs"})
        audit.record(
            session,
            SYSTEM,
            action="gateway.account_added.v1",
            entity="account",
            entity_id=account.id,
            after=after,
        )

    await write(add, taken=account.login)
    return account


async def add_client(
    client_id: str,
    *,
    name: str,
    secret: str,
    scopes: Sequence[str],
    usccs: Sequence[str],
    every_enterprise: bool,
    purposes: Sequence[str] = (),
) -> Client:
    """A system that signs in with `secret`, a long random text; `purposes`: what it may read unpublished data for.

    RefusedError as for an account.
    """
    client = Client(
        client_id=client_id,
        name=name,
        secret_sha256=digest(secret),
        scopes=sorted(set(scopes)),
        usccs=sorted(set(usccs)),
        every_enterprise=every_enterprise,
        purposes=sorted(set(purposes)),
        created_at=clock.now(),
    )

    async def add(session: AsyncSession) -> None:
        session.add(client)
        after = client.model_dump(include={"name", "scopes", "usccs", "every_enterprise", "purposes"})
        audit.record(
            session,
            SYSTEM,
            action="gateway.client_added.v1",
            entity="client",
            entity_id=client.client_id,
            after=after,
        )

    await write(add, taken=client.client_id)
    return client


async def write(work: Callable[[AsyncSession], Awaitable[None]], *, taken: str) -> None:
    """Does the work in one transaction of the gateway's database; RefusedError where that cannot be."""
    try:
        database = Database(database_url(named("gateway"), os.environ), pool_size=1)
    except ValueError as error:
        raise RefusedError(str(error)) from error
    try:
        async with database.transaction() as session:
            await work(session)
    except IntegrityError as error:
        raise RefusedError(f"已存在 · there already: {taken}") from error
    except DBAPIError as error:  # its own text would show the values, a hash among them
        raise RefusedError(str(error.orig)) from error
    except (OSError, SQLAlchemyError, asyncpg.PostgresError) as error:
        raise RefusedError(f"{type(error).__name__}: {error}") from error
    finally:
        await database.close()
