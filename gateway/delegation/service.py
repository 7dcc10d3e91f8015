"""Use cases of the legal representative: invite, change the extent, withdraw. All end older tokens at once."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.delegation import repository, rules, views
from gateway.delegation.current import CHANNEL
from gateway.delegation.errors import (
    DelegationInvalid,
    DelegationNotFound,
    DelegationStepNotOpen,
    TooManyDelegations,
)
from gateway.delegation.models import Delegation
from gateway.delegation.schemas import DelegationCreate, DelegationInvited, DelegationRead, Extent
from gateway.identity import repository as identity
from gateway.identity.passwords import digest, new_secret
from gateway.noticeboard import notify
from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.authority import Authority
from services.kit.findings import Findings
from services.kit.ids import new_id
from services.kit.routing import require_match

ANSWER_DAYS = 14
MOST = 500
"""Delegations of one enterprise that have not ended."""
AGENT = "agent"


async def invite(session: AsyncSession, principal: Principal, content: DelegationCreate) -> DelegationInvited:
    """Invites a login, or makes a one-time code. Whether the login is anybody's is not said."""
    found = Findings()
    rules.check_representative(found, uscc=content.uscc, usccs=principal.usccs)
    _check(found, principal, content, uscc=content.uscc)
    found.raise_if_any(DelegationInvalid)
    if await repository.living_of(session, content.uscc) >= MOST:
        raise TooManyDelegations(most=MOST)
    code = new_secret() if content.login is None else None
    delegation = _invitation(principal, content, code)
    delegation.agent_id = await _agent(session, content.login)
    session.add(delegation)
    await session.flush()
    record(session, principal, delegation, action="gateway.delegation_invited.v1", before=None)
    shown = await views.view(session, delegation)
    return DelegationInvited(**shown.model_dump(), code=code)


async def change(
    session: AsyncSession,
    principal: Principal,
    content: Extent,
    *,
    delegation_id: uuid.UUID,
    if_match: str | None,
) -> DelegationRead:
    """Another extent, if the editor saw the present version."""
    delegation = await _given(session, principal, delegation_id)
    require_match(if_match, etag=views.etag(await views.view(session, delegation)))
    found = Findings()
    _check(found, principal, content, uscc=delegation.uscc)
    before = views.image(delegation)
    advance(delegation, rules.Step.CHANGE)
    found.raise_if_any(DelegationInvalid)
    _set_extent(delegation, content)
    await tell(session, principal, delegation, action="gateway.delegation_changed.v1", before=before)
    return await views.view(session, delegation)


async def withdraw(
    session: AsyncSession, principal: Principal, *, delegation_id: uuid.UUID, reason: str | None
) -> DelegationRead:
    """Ends it (民法典 art. 173), whatever the agent is doing with it."""
    delegation = await _given(session, principal, delegation_id)
    before = views.image(delegation)
    end(delegation, rules.Step.WITHDRAW, principal, reason=reason)
    await tell(session, principal, delegation, action="gateway.delegation_withdrawn.v1", before=before)
    return await views.view(session, delegation)


def advance(delegation: Delegation, step: rules.Step) -> None:
    """Takes one step; 409 where it is not open."""
    standing = views.standing_of(delegation)
    state = rules.after(standing, step)
    if state is None:
        raise DelegationStepNotOpen(standing=standing.value)
    delegation.state = state
    delegation.version += 1
    delegation.changed_at = clock.now()
    if state is not rules.State.INVITED:
        delegation.code_sha256 = None


def end(delegation: Delegation, step: rules.Step, principal: Principal, *, reason: str | None) -> None:
    """A step after which there is none."""
    advance(delegation, step)
    delegation.ended_at = delegation.changed_at
    delegation.ended_by = principal.subject
    delegation.reason = reason


def record(
    session: AsyncSession,
    principal: Principal,
    delegation: Delegation,
    *,
    action: str,
    before: dict[str, Any] | None,
) -> None:
    audit.record(
        session,
        principal,
        action=action,
        entity="delegation",
        entity_id=delegation.id,
        owner=delegation.uscc,
        before=before,
        after=views.image(delegation),
    )


async def tell(
    session: AsyncSession,
    principal: Principal,
    delegation: Delegation,
    *,
    action: str,
    before: dict[str, Any],
) -> None:
    """The audit row of a step, and the notice that ends the tokens of before at every gateway."""
    record(session, principal, delegation, action=action, before=before)
    await session.flush()
    await notify(session, CHANNEL, [str(Authority(str(delegation.id), delegation.version))])


async def _given(session: AsyncSession, principal: Principal, delegation_id: uuid.UUID) -> Delegation:
    side = repository.Side(usccs=principal.usccs)
    delegation = await repository.by_id(session, delegation_id, side=side, lock=True)
    if delegation is None:
        raise DelegationNotFound()
    return delegation


async def _agent(session: AsyncSession, login: str | None) -> uuid.UUID | None:
    """The account that is invited. Fixed now: who takes the login later is not meant."""
    account = await identity.account_by_login(session, login) if login else None
    if account is None or account.disabled_at is not None or AGENT not in account.roles:
        return None
    return account.id


def _check(found: Findings, principal: Principal, content: Extent, *, uscc: str) -> None:
    rules.check_extent(
        found,
        uscc=uscc,
        rights=content.rights,
        sites=content.sites,
        valid_until=content.valid_until,
        held=principal.scopes,
        today=clock.today(),
    )


def _set_extent(delegation: Delegation, content: Extent) -> None:
    delegation.rights = sorted(content.rights)
    delegation.sites = sorted(content.sites) if content.sites is not None else None
    delegation.valid_until = content.valid_until


def _invitation(principal: Principal, content: DelegationCreate, code: str | None) -> Delegation:
    moment = clock.now()
    delegation = Delegation(
        id=new_id(),
        uscc=content.uscc,
        rights=[],
        note=content.note,
        state=rules.State.INVITED,
        version=1,
        invited_by=principal.subject,
        invited_at=moment,
        answer_until=clock.today() + timedelta(days=ANSWER_DAYS),
        invited_login=content.login.lower() if content.login else None,
        code_sha256=digest(code) if code else None,
        changed_at=moment,
    )
    _set_extent(delegation, content)
    return delegation
