"""Delegations as they are read."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.delegation import repository, rules
from gateway.delegation.models import Delegation
from gateway.delegation.repository import Side
from gateway.delegation.schemas import AgentRead, DelegationRead
from gateway.identity.models import Account
from services.kit import clock
from services.kit.auth import Principal
from services.kit.pages import PageQuery
from services.kit.schemas import Page

MANAGE, ACCEPT = "delegations:manage", "delegations:accept"


def side_of(principal: Principal) -> Side:
    """What the caller sees: as representative (`delegations:manage`), as agent (`delegations:accept`), or as both."""
    manages, accepts = MANAGE in principal.scopes, ACCEPT in principal.scopes
    return Side(
        usccs=principal.usccs if manages else (),
        agent_id=uuid.UUID(principal.subject) if accepts else None,
    )


def standing_of(delegation: Delegation) -> rules.Standing:
    """How it stands today."""
    return rules.standing(
        rules.State(delegation.state),
        answer_until=delegation.answer_until,
        valid_until=delegation.valid_until,
        today=clock.today(),
    )


def image(delegation: Delegation) -> dict[str, Any]:
    """What the audit trail keeps: all but the code."""
    kept = {"uscc", "rights", "sites", "valid_until", "state", "version", "agent_id", "reason"}
    return delegation.model_dump(mode="json", include=kept)


async def views(session: AsyncSession, delegations: Sequence[Delegation]) -> list[DelegationRead]:
    agents = await repository.agents_of(session, delegations)
    return [_view(each, agents) for each in delegations]


async def view(session: AsyncSession, delegation: Delegation) -> DelegationRead:
    return (await views(session, [delegation]))[0]


def _view(delegation: Delegation, agents: dict[uuid.UUID, Account]) -> DelegationRead:
    """The agent shows once the invitation is accepted: until then it may be nobody's login."""
    accepted = delegation.answered_at is not None and delegation.state != rules.State.DECLINED
    agent = agents.get(delegation.agent_id) if accepted and delegation.agent_id else None
    named = set(DelegationRead.model_fields) - {"standing", "agent"}
    return DelegationRead.model_validate(
        {
            **delegation.model_dump(include=named),
            "standing": standing_of(delegation),
            "agent": AgentRead.model_validate(agent) if agent else None,
        }
    )


async def listing(
    session: AsyncSession, principal: Principal, *, query: PageQuery, uscc: str | None
) -> Page[DelegationRead]:
    found, following = await repository.page_of(session, side=side_of(principal), query=query, uscc=uscc)
    return Page(items=await views(session, found), next_cursor=following)


def etag(delegation: DelegationRead) -> str:
    """Changes with every step, and with the day that ends it."""
    return f'"{delegation.version}.{delegation.standing}"'
