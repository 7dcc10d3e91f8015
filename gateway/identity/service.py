"""Use cases of sign-in: by refresh token and by client credentials (by password: `password_grant`)."""

from __future__ import annotations

import hmac

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.identity import repository, rules
from gateway.identity.errors import InvalidClient, InvalidGrant, InvalidScope, Spent
from gateway.identity.models import Account, RefreshToken
from gateway.identity.office import SignIn
from gateway.identity.passwords import digest, new_secret
from gateway.identity.schemas import NextStep, TokenAnswer
from gateway.identity.tokens import Grant
from gateway.sessions import repository as session_repository
from gateway.sessions import service as session_service
from gateway.sessions.models import AccountSession
from services.kit import clock
from services.kit.auth import Principal
from services.kit.ids import new_id
from services.kit.roles import OF_INSTALLATION
from services.kit.telemetry import log


class RefreshReplayed(Spent):
    """A used refresh token came back: its whole family is revoked."""


async def by_refresh_token(
    session: AsyncSession, office: SignIn, *, token: str, scope: str | None, client_id: str | None = None
) -> TokenAnswer:
    """Replaces a refresh token by the next. Raises `RefreshReplayed` for a used one. An app's names its client.

    The scopes are those of the sign-in that the account still holds, or fewer where fewer are asked for; the
    next refresh token allows as many as this one (RFC 6749 6).
    """
    sha256, moment = digest(token), clock.now()
    begun = await session_repository.of_refresh_token(session, sha256)
    held = await repository.refresh_token(session, sha256) if begun is not None else None
    if begun is None or held is None or held.revoked_at is not None:
        raise InvalidGrant()
    # A used one is a replay for as long as the family lives, also when it would have run out itself.
    if (held.expires_at if held.used_at is None else begun.expires_at) <= moment:
        raise InvalidGrant()
    if begun.app is not None and begun.app != client_id:
        raise InvalidGrant()
    account = await repository.account_by_id(session, held.account_id)
    if account is None or account.disabled_at is not None:
        raise InvalidGrant()
    if office.factors.needed(account.roles) and not begun.second_factor:
        raise InvalidGrant  # begun before its roles needed a second factor
    if held.used_at is not None:
        await session_service.end_rows(session, principal_of(account), [begun], because="replayed")
        log.warning("refresh_token_replayed", session=str(begun.id))
        raise RefreshReplayed()
    held.used_at = begun.last_used_at = moment
    begun.expires_at = moment + office.refresh_lifetime
    allowed = frozenset(held.scopes)
    granted = granted_scopes(allowed & rules.scopes_of(account.roles), scope)
    return for_account(session, office, account, begun, allowed=allowed, granted=granted)


async def by_client_credentials(
    session: AsyncSession, office: SignIn, *, client_id: str, secret: str, scope: str | None
) -> TokenAnswer:
    client = await repository.client_by_id(session, client_id)
    expected = client.secret_sha256 if client and client.disabled_at is None else digest("")
    if not hmac.compare_digest(expected, digest(secret)) or client is None:
        raise InvalidClient()
    held = rules.scopes_of_system(client.scopes, every_enterprise=client.every_enterprise)
    grant = Grant(
        subject=client.client_id,
        name=client.name,
        roles=("system", OF_INSTALLATION) if client.of_installation else ("system",),
        scopes=granted_scopes(held, scope),
        usccs=tuple(client.usccs),
        every_enterprise=client.every_enterprise,
        purposes=tuple(client.purposes),
    )
    return token_answer(office, grant, refresh=None)


def for_account(
    session: AsyncSession,
    office: SignIn,
    account: Account,
    begun: AccountSession,
    *,
    allowed: frozenset[str],
    granted: frozenset[str],
) -> TokenAnswer:
    """An access token with the scopes `granted`, and a refresh token for those `allowed`."""
    grant = Grant(
        subject=str(account.id),
        name=account.name,
        roles=tuple(account.roles),
        scopes=granted,
        usccs=tuple(account.usccs),
        every_enterprise=rules.reads_every_enterprise(account.roles),
        session=str(begun.id),
        app=begun.app,
    )
    refresh, moment = new_secret(), clock.now()
    session.add(
        RefreshToken(
            id=new_id(),
            family=begun.id,
            account_id=account.id,
            sha256=digest(refresh),
            scopes=sorted(allowed),
            issued_at=moment,
            expires_at=begun.expires_at,
        )
    )
    return token_answer(office, grant, refresh=refresh)


def granted_scopes(held: frozenset[str], asked: str | None) -> frozenset[str]:
    """Those of `held` that are asked for; InvalidScope where that is none."""
    scopes = rules.granted(held, asked)
    if not scopes:
        raise InvalidScope()
    return scopes


def token_answer(
    office: SignIn, grant: Grant, *, refresh: str | None, next_step: NextStep | None = None
) -> TokenAnswer:
    """The answer with a new access token; `next_step` is what a restricted one is for."""
    minted = office.mint.minted(grant)
    return TokenAnswer(
        access_token=minted.token,
        expires_in=minted.seconds,
        scope=" ".join(sorted(grant.scopes)),
        refresh_token=refresh,
        next_step=next_step,
    )


def principal_of(account: Account) -> Principal:
    """The person that an account is, for the audit trail: with all that it may do."""
    return Principal(
        subject=str(account.id),
        name=account.name,
        roles=tuple(account.roles),
        scopes=rules.scopes_of(account.roles),
        usccs=tuple(account.usccs),
    )
