"""Use cases of apps: a person signs in for one (`authorize`), and the app redeems its code (`redeem`)."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from gateway.apps import repository, rules
from gateway.apps.models import AuthorizationCode
from gateway.identity import repository as identity
from gateway.identity.errors import InvalidGrant, Spent
from gateway.identity.models import App
from gateway.identity.office import SignIn, Visit
from gateway.identity.password_grant import Credentials, begin, next_step_of, proven
from gateway.identity.passwords import digest, new_secret
from gateway.identity.rules import scopes_of
from gateway.identity.schemas import TokenAnswer
from gateway.identity.service import for_account, principal_of
from gateway.sessions import service as sessions
from services.kit import audit, clock
from services.kit.telemetry import log
from services.kit.texts import Text

_SET_UP_FIRST = Text(
    zh="须先在本系统设置密码或第二重验证", en="Set up your password or second factor with this system first"
)
_NOTHING_TO_GIVE = Text(
    zh="您的账号没有该应用所需的权限", en="Your account holds none of what the app asks for"
)


class CodeSpent(Spent):
    """A code that was presented a second time, or wrongly: the session that came of it ends."""


class NothingToGive(InvalidGrant):
    """Whoever signed in holds nothing of what the app asks for."""


async def authorize(
    session: AsyncSession,
    office: SignIn,
    app: App,
    asked: rules.Asked,
    given: Credentials,
    *,
    redirect_uri: str,
    visit: Visit,
) -> str:
    """A code for the app, of who signs in with `given`. Refuses as signing in does; nothing is begun then.

    What is given is what was asked for and the account holds.
    """
    account, second_factor = await proven(session, office, given, visit=visit)
    if next_step_of(office, account, second_factor=second_factor) is not None:
        raise InvalidGrant(_SET_UP_FIRST)
    scopes = asked.scopes & scopes_of(account.roles)
    if not scopes:
        raise NothingToGive(_NOTHING_TO_GIVE)
    by_app = Visit(address=visit.address, client=f"{app.name} · {visit.client or ''}"[:200])
    moment, secret = clock.now(), new_secret()
    expires = moment + rules.CODE_LIFETIME
    begun = await begin(
        session, account, by_app, until=expires, second_factor=second_factor, app=app.client_id
    )
    session.add(
        AuthorizationCode(
            sha256=digest(secret),
            client_id=app.client_id,
            session_id=begun.id,
            redirect_uri=redirect_uri,
            scopes=sorted(scopes),
            code_challenge=asked.code_challenge,
            issued_at=moment,
            expires_at=expires,
        )
    )
    audit.record(
        session,
        principal_of(account),
        action="gateway.app_authorized.v1",
        entity="account",
        entity_id=account.id,
        after={
            "app": app.client_id,
            "scopes": sorted(scopes),
            "session": str(begun.id),
            "address": visit.address,
        },
    )
    return secret


async def redeem(
    session: AsyncSession, office: SignIn, code: str, client_id: str, redirect_uri: str, verifier: str
) -> TokenAnswer:
    """Tokens for a code. CodeSpent for one that was presented before or is presented wrongly: its session ends."""
    sha256, moment = digest(code), clock.now()
    begun = await repository.session_of_code(session, sha256)
    held = await repository.code(session, sha256) if begun is not None else None
    if begun is None or held is None:
        raise InvalidGrant()
    account = await identity.account_by_id(session, begun.account_id)
    if account is None or account.disabled_at is not None:
        raise InvalidGrant()
    fits = (
        held.client_id == client_id
        and held.redirect_uri == redirect_uri
        and rules.proves(verifier, held.code_challenge)
    )
    replayed, held.presented_at = held.presented_at is not None, held.presented_at or moment
    if replayed or not fits:
        if begun.ended_at is None:
            await sessions.end_rows(session, principal_of(account), [begun], because="replayed")
        log.warning("authorization_code_spent", session=str(begun.id), replayed=replayed)
        raise CodeSpent()
    app = await repository.living_app(session, held.client_id)
    if app is None or begun.ended_at is not None or held.expires_at <= moment:
        raise InvalidGrant()
    begun.last_used_at, begun.expires_at = moment, moment + office.refresh_lifetime
    allowed = frozenset(held.scopes)
    granted = allowed & scopes_of(account.roles)
    if not granted:
        raise InvalidGrant()
    return for_account(session, office, account, begun, allowed=allowed, granted=granted)
