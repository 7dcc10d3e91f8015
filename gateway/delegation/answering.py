"""Use cases of the agent: accept or decline, register with an invitation, resign."""

from __future__ import annotations

import asyncio
import uuid

from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.accounts.errors import AccountExists
from gateway.delegation import repository, rules, service, views
from gateway.delegation.errors import DelegationNotFound
from gateway.delegation.models import Delegation
from gateway.delegation.schemas import Answer, CodeAnswer, DelegationRead, Registration
from gateway.identity.models import Account
from gateway.identity.passwords import digest, hash_password
from gateway.identity.service import principal_of
from gateway.passwords.service import refuse_weak
from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.ids import new_id


async def answer(
    session: AsyncSession, principal: Principal, content: Answer, *, delegation_id: uuid.UUID
) -> DelegationRead:
    """The answer to an invitation of the caller's own login."""
    delegation = await _mine(session, principal, delegation_id)
    return await _answered(session, principal, delegation, content)


async def answer_by_code(session: AsyncSession, principal: Principal, content: CodeAnswer) -> DelegationRead:
    """The answer to an invitation by its one-time code, which is used up by it."""
    delegation = await _by_code(session, content.code.get_secret_value())
    return await _answered(session, principal, delegation, content)


async def register(session: AsyncSession, content: Registration) -> DelegationRead:
    """A new account of the role `agent`, and the invitation accepted. The code is all the authority it takes."""
    delegation = await _by_code(session, content.code.get_secret_value())
    if views.standing_of(delegation) is not rules.Standing.INVITED:
        raise DelegationNotFound()
    password = content.password.get_secret_value()
    refuse_weak(password, login=content.login, where="/password")
    account = Account(
        id=new_id(),
        login=content.login.lower(),
        name=content.name,
        password_hash=await asyncio.to_thread(hash_password, password),
        roles=[service.AGENT],
        usccs=[],
        created_at=clock.now(),
        password_changed_at=clock.now(),
    )
    session.add(account)
    try:
        await session.flush()
    except IntegrityError as error:
        raise AccountExists() from error
    principal = principal_of(account)
    audit.record(
        session,
        principal,
        action="gateway.account_registered.v1",
        entity="account",
        entity_id=account.id,
        owner=delegation.uscc,
        after={**account.model_dump(include={"login", "name", "roles"}), "delegation": str(delegation.id)},
    )
    return await _answered(session, principal, delegation, Answer(answer="accept"))


async def resign(
    session: AsyncSession, principal: Principal, *, delegation_id: uuid.UUID, reason: str | None
) -> DelegationRead:
    """The agent gives it up (民法典 art. 173)."""
    delegation = await _mine(session, principal, delegation_id)
    before = views.image(delegation)
    service.end(delegation, rules.Step.RESIGN, principal, reason=reason)
    await service.tell(session, principal, delegation, action="gateway.delegation_resigned.v1", before=before)
    return await views.view(session, delegation)


async def _mine(session: AsyncSession, principal: Principal, delegation_id: uuid.UUID) -> Delegation:
    side = repository.Side(agent_id=uuid.UUID(principal.subject))
    delegation = await repository.by_id(session, delegation_id, side=side, lock=True)
    if delegation is None:
        raise DelegationNotFound()
    return delegation


async def _by_code(session: AsyncSession, code: str) -> Delegation:
    delegation = await repository.by_code(session, digest(code))
    if delegation is None:
        raise DelegationNotFound()
    return delegation


async def _answered(
    session: AsyncSession, principal: Principal, delegation: Delegation, content: Answer
) -> DelegationRead:
    before = views.image(delegation)
    delegation.agent_id = uuid.UUID(principal.subject)
    if content.answer == "accept":
        service.advance(delegation, rules.Step.ACCEPT)
        action = "gateway.delegation_accepted.v1"
    else:
        service.end(delegation, rules.Step.DECLINE, principal, reason=None)
        action = "gateway.delegation_declined.v1"
    delegation.answered_at = delegation.changed_at
    await service.tell(session, principal, delegation, action=action, before=before)
    return await views.view(session, delegation)
