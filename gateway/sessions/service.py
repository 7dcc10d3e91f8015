"""Use cases of sessions: list one's own, end one or all. An end reaches every gateway as it commits."""

from __future__ import annotations

import uuid
from typing import Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.noticeboard import notify
from gateway.sessions import repository
from gateway.sessions.ended import CHANNEL
from gateway.sessions.models import AccountSession
from gateway.sessions.schemas import SessionRead
from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.pages import PageQuery
from services.kit.problems import NotFound
from services.kit.schemas import Page

Because = Literal["signed_out", "revoked", "replayed", "password_changed", "disabled", "reset"]


async def list_own(session: AsyncSession, principal: Principal, query: PageQuery) -> Page[SessionRead]:
    rows, cursor = await repository.living(session, _account(principal), clock.now(), query)
    items = [SessionRead.model_validate(row) for row in rows]
    for item in items:
        item.current = str(item.id) == principal.session
    return Page(items=items, next_cursor=cursor)


async def end_own(session: AsyncSession, principal: Principal, session_id: uuid.UUID | None) -> None:
    """Ends one session of the caller, the one that asks where none is named. NotFound for anybody else's."""
    current = uuid.UUID(principal.session) if principal.session else None
    wanted = session_id or current
    if wanted is None:
        raise NotFound
    because: Because = "signed_out" if wanted == current else "revoked"
    if not await end(session, principal, _account(principal), because=because, only=wanted):
        raise NotFound


async def end_all_own(session: AsyncSession, principal: Principal) -> None:
    await end(session, principal, _account(principal), because="signed_out")


async def end(
    session: AsyncSession,
    actor: Principal,
    account_id: uuid.UUID,
    *,
    because: Because,
    only: uuid.UUID | None = None,
    but: str | None = None,
) -> int:
    """Ends the living sessions of an account (`only` one of them, or all `but` one); how many they were."""
    moment = clock.now()
    found = await repository.lock_living(session, account_id, moment, only=only)
    ending = [row for row in found if str(row.id) != but]
    await end_rows(session, actor, ending, because=because)
    return len(ending)


async def end_rows(
    session: AsyncSession, actor: Principal, ending: list[AccountSession], *, because: Because
) -> None:
    """Ends sessions whose rows are locked, their refresh tokens with them, and tells the gateways."""
    moment = clock.now()
    for row in ending:
        row.ended_at, row.ended_because = moment, because
        audit.record(
            session,
            actor,
            action="gateway.session_ended.v1",
            entity="session",
            entity_id=row.id,
            after={"account": str(row.account_id), "because": because},
        )
    ids = [row.id for row in ending]
    await session.flush()
    await repository.revoke_tokens(session, ids, moment)
    await notify(session, CHANNEL, [str(each) for each in ids])


def _account(principal: Principal) -> uuid.UUID:
    """The caller's account; NotFound for a system or a device, which have no sessions."""
    try:
        return uuid.UUID(principal.subject)
    except ValueError:
        raise NotFound from None
