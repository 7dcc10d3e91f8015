"""Use cases of sign-in: by password, by refresh token, by client credentials."""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.identity import repository, rules
from gateway.identity.errors import InvalidClient, InvalidGrant, InvalidScope
from gateway.identity.models import Account, RefreshToken
from gateway.identity.passwords import digest, new_secret, password_holds
from gateway.identity.schemas import TokenAnswer
from gateway.identity.tokens import Grant, TokenMint
from services.kit import audit, clock
from services.kit.auth import Principal
from services.kit.ids import new_id
from services.kit.telemetry import log


@dataclass(frozen=True, slots=True)
class SignIn:
    """What sign-in needs of the process."""

    mint: TokenMint
    refresh_lifetime: timedelta


class RefreshReplayed(InvalidGrant):
    """A used refresh token came back: its whole family is revoked, which must outlive the refusal."""


async def by_password(
    session: AsyncSession, office: SignIn, *, login: str, password: str, scope: str | None
) -> TokenAnswer:
    account = await repository.account_by_login(session, login)
    hashed = account.password_hash if account and account.disabled_at is None else None
    if not await password_holds(password, hashed) or account is None:
        log.info("sign_in_refused", reason="password")
        raise InvalidGrant()
    granted = _granted(rules.scopes_of(account.roles), scope)
    answer = _for_account(session, office, account, family=new_id(), allowed=granted, granted=granted)
    audit.record(
        session, _principal(account), action="gateway.signed_in.v1", entity="account", entity_id=account.id
    )
    return answer


async def by_refresh_token(
    session: AsyncSession, office: SignIn, *, token: str, scope: str | None
) -> TokenAnswer:
    """Replaces a refresh token by the next. Raises `RefreshReplayed` for a used one.

    The scopes are those of the sign-in that the account still holds, or fewer where fewer are asked for; the
    next refresh token allows as many as this one (RFC 6749 6).
    """
    held = await repository.refresh_token(session, digest(token))
    moment = clock.now()
    if held is None or held.revoked_at is not None or held.expires_at <= moment:
        raise InvalidGrant()
    if held.used_at is not None:
        await repository.revoke_family(session, held.family, moment)
        log.warning("refresh_token_replayed", family=str(held.family))
        raise RefreshReplayed()
    account = await repository.account_by_id(session, held.account_id)
    if account is None or account.disabled_at is not None:
        raise InvalidGrant()
    held.used_at = moment
    allowed = frozenset(held.scopes)
    granted = _granted(allowed & rules.scopes_of(account.roles), scope)
    return _for_account(session, office, account, family=held.family, allowed=allowed, granted=granted)


async def by_client_credentials(
    session: AsyncSession, office: SignIn, *, client_id: str, secret: str, scope: str | None
) -> TokenAnswer:
    client = await repository.client_by_id(session, client_id)
    expected = client.secret_sha256 if client and client.disabled_at is None else digest("")
    if not hmac.compare_digest(expected, digest(secret)) or client is None:
        raise InvalidClient()
    grant = Grant(
        subject=client.client_id,
        name=client.name,
        roles=("system",),
        scopes=_granted(frozenset(client.scopes), scope),
        usccs=tuple(client.usccs),
        every_enterprise=client.every_enterprise,
    )
    return _answer(office, grant, refresh=None)


def _for_account(
    session: AsyncSession,
    office: SignIn,
    account: Account,
    *,
    family: uuid.UUID,
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
    )
    refresh, moment = new_secret(), clock.now()
    session.add(
        RefreshToken(
            id=new_id(),
            family=family,
            account_id=account.id,
            sha256=digest(refresh),
            scopes=sorted(allowed),
            issued_at=moment,
            expires_at=moment + office.refresh_lifetime,
        )
    )
    return _answer(office, grant, refresh=refresh)


def _granted(held: frozenset[str], asked: str | None) -> frozenset[str]:
    scopes = rules.granted(held, asked)
    if not scopes:
        raise InvalidScope()
    return scopes


def _answer(office: SignIn, grant: Grant, *, refresh: str | None) -> TokenAnswer:
    return TokenAnswer(
        access_token=office.mint.mint(grant),
        expires_in=int(office.mint.lifetime.total_seconds()),
        scope=" ".join(sorted(grant.scopes)),
        refresh_token=refresh,
    )


def _principal(account: Account) -> Principal:
    return Principal(
        subject=str(account.id),
        name=account.name,
        roles=tuple(account.roles),
        scopes=rules.scopes_of(account.roles),
        usccs=tuple(account.usccs),
    )
