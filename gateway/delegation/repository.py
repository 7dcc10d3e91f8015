"""SQL of delegations: each read takes the caller, who sees those of the own enterprises and those for itself."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.delegation.models import Delegation
from gateway.identity.models import Account
from services.kit.pages import PageQuery, page


@dataclass(frozen=True, slots=True)
class Side:
    """Whose delegations: those given by these enterprises, those for this agent, or both."""

    usccs: tuple[str, ...] = ()
    agent_id: uuid.UUID | None = None


def _of(side: Side) -> sa.ColumnElement[bool]:
    given = col(Delegation.uscc).in_(side.usccs)
    if side.agent_id is None:
        return given
    return sa.or_(given, col(Delegation.agent_id) == side.agent_id)


async def by_id(
    session: AsyncSession, delegation_id: uuid.UUID, *, side: Side, lock: bool = False
) -> Delegation | None:
    statement = select(Delegation).where(Delegation.id == delegation_id, _of(side))
    return (await session.exec(statement.with_for_update() if lock else statement)).first()


async def by_code(session: AsyncSession, sha256: str) -> Delegation | None:
    """The invitation with this one-time code, locked."""
    statement = select(Delegation).where(Delegation.code_sha256 == sha256).with_for_update()
    return (await session.exec(statement)).first()


async def held(session: AsyncSession, delegation_id: uuid.UUID, agent_id: uuid.UUID) -> Delegation | None:
    """An agent's delegation, which no step can overtake before this transaction has ended."""
    statement = select(Delegation).where(Delegation.id == delegation_id, Delegation.agent_id == agent_id)
    return (await session.exec(statement.with_for_update(read=True))).first()


async def page_of(
    session: AsyncSession, *, side: Side, query: PageQuery, uscc: str | None
) -> tuple[list[Delegation], str | None]:
    """Newest first."""
    statement = select(Delegation).where(_of(side))
    if uscc is not None:
        statement = statement.where(Delegation.uscc == uscc)
    return await page(session, statement, by=[(col(Delegation.id), uuid.UUID)], query=query, descending=True)


async def living_of(session: AsyncSession, uscc: str) -> int:
    """How many delegations of an enterprise have not ended."""
    statement = select(sa.func.count()).select_from(Delegation)
    living = statement.where(col(Delegation.uscc) == uscc, col(Delegation.ended_at).is_(None))
    return (await session.exec(living)).one()


async def agents_of(session: AsyncSession, delegations: Sequence[Delegation]) -> dict[uuid.UUID, Account]:
    ids = {each.agent_id for each in delegations if each.agent_id is not None}
    found = await session.exec(select(Account).where(col(Account.id).in_(ids)))
    return {account.id: account for account in found}


async def changed_since(
    session: AsyncSession, moment: datetime, *, limit: int
) -> Sequence[tuple[uuid.UUID, int]]:
    """The newest versions of delegations that changed after `moment`."""
    statement = select(Delegation.id, Delegation.version).where(col(Delegation.changed_at) > moment)
    return (await session.exec(statement.order_by(col(Delegation.changed_at).desc()).limit(limit))).all()
