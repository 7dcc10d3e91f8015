"""A token to act in an enterprise's name: an agent's own access token is exchanged for it (RFC 8693)."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.delegation import repository, rules, views
from gateway.delegation.models import Delegation
from gateway.delegation.service import AGENT
from gateway.identity import repository as identity
from gateway.identity.errors import InvalidGrant
from gateway.identity.models import Account
from gateway.identity.office import SignIn
from gateway.identity.schemas import ACCESS_TOKEN, TokenAnswer
from gateway.identity.service import granted_scopes, token_answer
from gateway.identity.tokens import Grant
from services.kit import audit, clock
from services.kit.auth import Principal, delegable
from services.kit.authority import Authority
from services.kit.texts import Text

_NOT_ACTIVE = Text(zh="没有该委托，或委托未生效", en="There is no such delegation, or it is not in force")
_CHAINED = Text(zh="代理凭证不能再换取凭证", en="A token that acts for somebody is not exchanged again")


async def by_delegation(
    session: AsyncSession, office: SignIn, agent: Principal, *, delegation_id: uuid.UUID, scope: str | None
) -> TokenAnswer:
    """An access token under the delegation, no refresh token: it ends with the agent's own sign-in, or sooner."""
    if agent.acting_for is not None:
        raise InvalidGrant(_CHAINED)
    if views.ACCEPT not in agent.scopes:
        raise InvalidGrant(_NOT_ACTIVE)
    account = await identity.account_by_id(session, uuid.UUID(agent.subject))
    if account is None or account.disabled_at is not None:
        raise InvalidGrant()
    delegation = await repository.held(session, delegation_id, account.id)
    if delegation is None or views.standing_of(delegation) is not rules.Standing.ACTIVE:
        raise InvalidGrant(_NOT_ACTIVE)
    authority = str(Authority(str(delegation.id), delegation.version))
    grant = _grant(account, delegation, agent, authority=authority, scope=scope)
    _record(session, account, delegation, authority)
    answer = token_answer(office, grant, refresh=None)
    return answer.model_copy(update={"issued_token_type": ACCESS_TOKEN})


def _grant(
    account: Account, delegation: Delegation, agent: Principal, *, authority: str, scope: str | None
) -> Grant:
    return Grant(
        subject=str(account.id),
        name=account.name,
        roles=(AGENT,),
        scopes=granted_scopes(delegable(rules.scopes_of(delegation.rights)), scope),
        usccs=(delegation.uscc,),
        every_enterprise=False,
        session=agent.session,
        sites=frozenset(delegation.sites) if delegation.sites is not None else None,
        acting_for=authority,
        until=_end_of(delegation),
    )


def _record(session: AsyncSession, account: Account, delegation: Delegation, authority: str) -> None:
    acting = Principal(
        subject=str(account.id),
        name=account.name,
        roles=(AGENT,),
        scopes=frozenset(),
        usccs=(delegation.uscc,),
        acting_for=authority,
    )
    audit.record(
        session,
        acting,
        action="gateway.acted_for.v1",
        entity="delegation",
        entity_id=delegation.id,
        owner=delegation.uscc,
    )


def _end_of(delegation: Delegation) -> datetime | None:
    """The first moment after its last day, in the city; None also for the calendar's last day (9999-12-31)."""
    if delegation.valid_until in (None, date.max):
        return None
    following = delegation.valid_until + timedelta(days=1)
    return datetime.combine(following, time(), tzinfo=clock.CITY_TIME)
