"""Use cases of the administration of accounts: each is audited with what was and what is."""

from __future__ import annotations

import asyncio
import secrets
import uuid
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.accounts import repository, rules
from gateway.accounts.errors import AccountExists, DepartmentExists, InvalidAccount, OwnAccount
from gateway.accounts.repository import Wanted
from gateway.accounts.schemas import (
    AccountChange,
    AccountCreate,
    AccountRead,
    AccountWithPassword,
    DepartmentContent,
)
from gateway.guessing import service as guessing
from gateway.identity.models import Account, Department
from gateway.identity.passwords import hash_password
from gateway.second_factor import service as second_factor
from gateway.sessions import service as sessions
from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.findings import FieldError
from services.kit.ids import new_id
from services.kit.pages import PageQuery
from services.kit.problems import NotFound
from services.kit.schemas import Page
from services.kit.texts import Text

_TOLD = {"login", "name", "roles", "usccs", "department"}
_NO_DEPARTMENT = Text(zh="没有这个部门", en="no such department")


async def list_accounts(session: AsyncSession, wanted: Wanted, query: PageQuery) -> Page[AccountRead]:
    rows, cursor = await repository.accounts(session, wanted, query)
    return Page(items=[AccountRead.model_validate(row) for row in rows], next_cursor=cursor)


async def read(session: AsyncSession, account_id: uuid.UUID) -> AccountRead:
    account = await repository.account(session, account_id)
    if account is None:
        raise NotFound
    answer = AccountRead.model_validate(account)
    answer.blocked_until = await guessing.blocked_until(session, login=account.login)
    return answer


async def create(session: AsyncSession, actor: Principal, content: AccountCreate) -> AccountWithPassword:
    """A new account with a password that is told once and good for setting another."""
    await _refuse_faults(session, content.roles, content.usccs, content.department)
    if await repository.login_taken(session, content.login):
        raise AccountExists
    password = _temporary_password()
    account = Account(
        id=new_id(),
        login=content.login.lower(),
        name=content.name,
        password_hash=await asyncio.to_thread(hash_password, password),
        roles=sorted(set(content.roles)),
        usccs=sorted(set(content.usccs)),
        department=content.department,
        created_at=clock.now(),
        password_temporary=True,
    )
    session.add(account)
    _audit(session, actor, account, "gateway.account_added.v1", after=account.model_dump(include=_TOLD))
    try:
        await session.flush()
    except IntegrityError as error:  # somebody else has just taken it
        raise AccountExists from error
    return _with_password(account, password)


async def change(
    session: AsyncSession, actor: Principal, account_id: uuid.UUID, content: AccountChange
) -> AccountRead:
    """Changes what is given. What tokens say (roles, enterprises) ends the sessions that have such tokens."""
    account = await _locked(session, account_id)
    changes = content.model_dump(exclude_unset=True, exclude={"name"} if content.name is None else set())
    wanted = {**account.model_dump(include=_TOLD), **changes}
    await _refuse_faults(session, wanted["roles"], wanted["usccs"], wanted["department"])
    if actor.subject == str(account_id) and sorted(set(wanted["roles"])) != account.roles:
        raise OwnAccount
    before = account.model_dump(include=_TOLD)
    account.name, account.department = wanted["name"], wanted["department"]
    account.roles, account.usccs = sorted(set(wanted["roles"])), sorted(set(wanted["usccs"]))
    after = account.model_dump(include=_TOLD)
    if before != after:
        _audit(session, actor, account, "gateway.account_changed.v1", before=before, after=after)
        if any(before[name] != after[name] for name in ("roles", "usccs")):
            await sessions.end(session, actor, account_id, because="reset")
    return AccountRead.model_validate(account)


async def disable(session: AsyncSession, actor: Principal, account_id: uuid.UUID) -> AccountRead:
    """Nobody signs in with it any more; its sessions end at once. A disabled one stays as it is."""
    if actor.subject == str(account_id):
        raise OwnAccount
    account = await _locked(session, account_id)
    if account.disabled_at is None:
        account.disabled_at = clock.now()
        _audit(session, actor, account, "gateway.account_disabled.v1")
        await session.flush()
        await sessions.end(session, actor, account_id, because="disabled")
    return AccountRead.model_validate(account)


async def enable(session: AsyncSession, actor: Principal, account_id: uuid.UUID) -> AccountRead:
    account = await _locked(session, account_id)
    if account.disabled_at is not None:
        account.disabled_at = None
        _audit(session, actor, account, "gateway.account_enabled.v1")
    return AccountRead.model_validate(account)


async def reset_password(
    session: AsyncSession, actor: Principal, account_id: uuid.UUID
) -> AccountWithPassword:
    """A new temporary password, told once; the account's sessions end."""
    account, password = await _locked(session, account_id), _temporary_password()
    account.password_hash = await asyncio.to_thread(hash_password, password)
    account.password_temporary = True
    _audit(session, actor, account, "gateway.password_reset.v1")
    await sessions.end(session, actor, account_id, because="reset")
    return _with_password(account, password)


async def unlock(session: AsyncSession, actor: Principal, account_id: uuid.UUID) -> AccountRead:
    """The attempts to sign in that were counted are forgotten."""
    account = await _locked(session, account_id)
    if await guessing.unlock(session, login=account.login):
        _audit(session, actor, account, "gateway.account_unlocked.v1")
    return AccountRead.model_validate(account)


async def reset_second_factor(session: AsyncSession, actor: Principal, account_id: uuid.UUID) -> AccountRead:
    """Not one's own: whoever has stolen an administrator's session would bring the own telephone."""
    if actor.subject == str(account_id):
        raise OwnAccount
    account = await _locked(session, account_id)
    await second_factor.reset(session, actor, account_id)
    return AccountRead.model_validate(account)


async def add_department(session: AsyncSession, actor: Principal, content: DepartmentContent) -> Department:
    if await repository.department(session, content.code) is not None:
        raise DepartmentExists
    made = Department(code=content.code, name=content.name, created_at=clock.now())
    session.add(made)
    audit.record(
        session,
        actor,
        action="gateway.department_added.v1",
        entity="department",
        entity_id=content.code,
        after=content.model_dump(),
    )
    try:
        await session.flush()
    except IntegrityError as error:
        raise DepartmentExists from error
    return made


async def _locked(session: AsyncSession, account_id: uuid.UUID) -> Account:
    account = await repository.account(session, account_id, lock=True)
    if account is None:
        raise NotFound
    return account


async def _refuse_faults(
    session: AsyncSession, roles: list[str], usccs: list[str], department: str | None
) -> None:
    errors = [
        FieldError(f"/{fault.member}", fault.code, fault.text)
        for fault in rules.faults(roles, usccs, department)
    ]
    if department is not None and await repository.department(session, department) is None:
        errors.append(FieldError("/department", "unknown_department", _NO_DEPARTMENT))
    if errors:
        raise InvalidAccount(errors=errors)


def _audit(
    session: AsyncSession,
    actor: Principal,
    account: Account,
    action: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        session, actor, action=action, entity="account", entity_id=account.id, before=before, after=after
    )


def _with_password(account: Account, password: str) -> AccountWithPassword:
    told = AccountRead.model_validate(account).model_dump()
    return AccountWithPassword(**told, temporary_password=password)


def _temporary_password() -> str:
    """96 bits, to be read out or typed once."""
    return secrets.token_urlsafe(12)
