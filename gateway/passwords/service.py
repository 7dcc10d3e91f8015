"""Use case: a person changes the password of the account."""

from __future__ import annotations

import asyncio
import uuid

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.guessing.service import Guessing
from gateway.identity import repository
from gateway.identity.models import Account
from gateway.identity.passwords import hash_password, password_holds
from gateway.passwords import rules
from gateway.passwords.common import common_passwords
from gateway.passwords.errors import WeakPassword, WrongPassword
from gateway.sessions import service as sessions
from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.findings import FieldError
from services.kit.problems import NotFound


def refuse_weak(password: str, *, login: str, old: str | None = None, where: str = "/new_password") -> None:
    """Raises WeakPassword with everything that speaks against it."""
    found = rules.weaknesses(password, login=login, common=common_passwords(), old=old)
    errors = [FieldError(where, weakness.code, weakness.text) for weakness in found]
    if errors:
        raise WeakPassword(errors=errors)


async def account_of(session: AsyncSession, principal: Principal) -> Account:
    """The caller's account; NotFound for a system or a device."""
    try:
        account = await repository.account_by_id(session, uuid.UUID(principal.subject))
    except ValueError:
        account = None
    if account is None:
        raise NotFound
    return account


async def verify_own(
    database: Database, guessing: Guessing, principal: Principal, password: str, *, address: str | None
) -> None:
    """Whether the caller knows the account's password; WrongPassword if not, counted like an attempt to sign in.

    Before the request's own transaction does anything: that one rolls back with the refusal.
    """
    async with database.transaction() as session:
        account = await account_of(session, principal)
        await guessing.charge(session, login=account.login, address=address)
    if not await password_holds(password, account.password_hash):
        raise WrongPassword
    async with database.transaction() as session:
        await guessing.refund(session, login=account.login, address=address, clear=False)


async def change(session: AsyncSession, principal: Principal, *, old: str, new: str) -> None:
    """Puts the new password; every other session of the account ends. The old one has been verified."""
    account = await account_of(session, principal)
    refuse_weak(new, login=account.login, old=old)
    account.password_hash = await asyncio.to_thread(hash_password, new)
    account.password_changed_at, account.password_temporary = clock.now(), False
    ended = await sessions.end(
        session, principal, account.id, because="password_changed", but=principal.session
    )
    audit.record(
        session,
        principal,
        action="gateway.password_changed.v1",
        entity="account",
        entity_id=account.id,
        after={"sessions_ended": ended},
    )
