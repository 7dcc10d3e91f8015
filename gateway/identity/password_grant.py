"""Use case: a person signs in with login and password.

The attempt is counted and the account read in a short transaction of its own, the password is checked with no
connection held, and only then the request's transaction begins: a flood of guesses holds no connection of the pool.
What is done for an unknown name is what is done for a known one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.identity import repository, rules
from gateway.identity.errors import InvalidGrant
from gateway.identity.models import Account
from gateway.identity.office import SignIn, Visit
from gateway.identity.passwords import password_holds
from gateway.identity.schemas import NextStep, TokenAnswer
from gateway.identity.service import for_account, granted_scopes, principal_of, token_answer
from gateway.identity.tokens import Grant
from gateway.second_factor.errors import SecondFactorRefused, SecondFactorRequired
from gateway.sessions.models import AccountSession
from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.ids import new_id
from services.kit.telemetry import log

_NOBODY = Principal(subject="nobody", name="nobody", roles=(), scopes=frozenset())


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person gives to sign in."""

    login: str
    password: str
    scope: str | None
    otp: str | None = None
    recovery_code: str | None = None


async def by_password(
    session: AsyncSession, office: SignIn, given: Credentials, *, visit: Visit
) -> TokenAnswer:
    """Tokens, or a restricted one where something has to be set up first. Refuses as `proven` does."""
    account, second_factor = await proven(session, office, given, visit=visit)
    return await _signed_in(session, office, account, given, visit, second_factor=second_factor)


async def proven(
    session: AsyncSession, office: SignIn, given: Credentials, *, visit: Visit
) -> tuple[Account, bool]:
    """The account of who signs in, held until the transaction ends, and whether a second factor was given.

    InvalidGrant, TooManyTries; SecondFactorRequired, SecondFactorRefused once the password was right.
    """
    async with office.database.transaction() as first:
        locks = await office.guessing.charge(first, login=given.login, address=visit.address)
        account = await repository.account_by_login(first, given.login)
    hashed = account.password_hash if account is not None and account.disabled_at is None else None
    if not await password_holds(given.password, hashed) or account is None:
        await _refused(office, account, visit, reason="password", locks=locks)
        raise InvalidGrant
    second_factor = await _second_factor(office, account, given, visit, locks=locks)
    # Read again and held: it may have been disabled, or its password changed, while the old one was checked.
    present = await repository.account_for_sign_in(session, account.id)
    if present is None or present.disabled_at is not None or present.password_hash != account.password_hash:
        raise InvalidGrant
    await office.guessing.refund(session, login=given.login, address=visit.address)
    return present, second_factor


def next_step_of(office: SignIn, account: Account, *, second_factor: bool) -> NextStep | None:
    """What the person has to set up before anything else."""
    if account.password_temporary:
        return "change_password"
    if office.factors.needed(account.roles) and not second_factor:
        return "enrol_second_factor"
    return None


async def _second_factor(
    office: SignIn, account: Account, given: Credentials, visit: Visit, *, locks: bool
) -> bool:
    """Whether the account has a second factor, which was given and holds. A code is used up whatever comes after."""
    async with office.database.transaction() as session:
        state = await office.factors.state(session, account)
        if state.confirmed_at is None:
            return False
        if given.otp is None and given.recovery_code is None:
            await office.guessing.refund(session, login=given.login, address=visit.address, clear=False)
            held = None
        else:
            held = await office.factors.holds(
                session, account.id, otp=given.otp, recovery=given.recovery_code
            )
    if held is None:
        raise SecondFactorRequired
    if not held:
        await _refused(office, account, visit, reason="second_factor", locks=locks)
        raise SecondFactorRefused
    return True


async def _signed_in(
    session: AsyncSession,
    office: SignIn,
    account: Account,
    given: Credentials,
    visit: Visit,
    *,
    second_factor: bool,
) -> TokenAnswer:
    next_step = next_step_of(office, account, second_factor=second_factor)
    until = clock.now() + (office.refresh_lifetime if next_step is None else office.mint.lifetime)
    begun = await begin(session, account, visit, until=until, second_factor=second_factor)
    audit.record(
        session,
        principal_of(account),
        action="gateway.signed_in.v1",
        entity="account",
        entity_id=account.id,
        after={"session": str(begun.id), "address": visit.address, "next_step": next_step},
    )
    if next_step is not None:
        return token_answer(office, _restricted(account, begun), refresh=None, next_step=next_step)
    granted = granted_scopes(rules.scopes_of(account.roles), given.scope)
    return for_account(session, office, account, begun, allowed=granted, granted=granted)


async def begin(
    session: AsyncSession,
    account: Account,
    visit: Visit,
    *,
    until: datetime,
    second_factor: bool,
    app: str | None = None,
) -> AccountSession:
    """A sign-in of the account that holds until then; `app`: for an app of somebody else's."""
    moment = clock.now()
    begun = AccountSession(
        id=new_id(),
        account_id=account.id,
        begun_at=moment,
        last_used_at=moment,
        expires_at=until,
        address=visit.address,
        client=visit.client,
        second_factor=second_factor,
        app=app,
    )
    session.add(begun)
    await session.flush()  # its tokens refer to it
    return begun


def _restricted(account: Account, begun: AccountSession) -> Grant:
    """Good for the few routes of the policy whose audience is `restricted`, and for no service."""
    return Grant(
        subject=str(account.id),
        name=account.name,
        roles=(rules.RESTRICTED,),
        scopes=frozenset(),
        usccs=(),
        every_enterprise=False,
        session=str(begun.id),
    )


async def _refused(
    office: SignIn, account: Account | None, visit: Visit, *, reason: str, locks: bool
) -> None:
    """Leaves a trace of the attempt, in a transaction of its own: the request's rolls back. For every name alike."""
    log.info("sign_in_refused", reason=reason, locks=locks)
    async with office.database.transaction() as session:
        audit.record(
            session,
            principal_of(account) if account is not None else _NOBODY,
            action="gateway.sign_in_refused.v1",
            entity="account",
            entity_id=account.id if account is not None else "unknown",
            refusal=InvalidGrant.code,
            after={"reason": reason, "address": visit.address, "locks": locks},
        )
