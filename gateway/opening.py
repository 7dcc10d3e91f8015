"""Makes what identity is in one process out of its settings: keys, sign-in, who is refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from gateway.accounts.router import router as accounts
from gateway.apps.router import router as apps
from gateway.authenticator import TokenAuthenticator
from gateway.delegation.current import CHANNEL as DELEGATIONS_CHANNEL
from gateway.delegation.current import reread as reread_delegations
from gateway.devices.known import CHANNEL as DEVICES_CHANNEL
from gateway.devices.known import DeviceKeys
from gateway.devices.router import router as device_router
from gateway.endings.router import router as endings_router
from gateway.exchange import TokenExchange
from gateway.federation.configuration import load as load_issuers
from gateway.federation.service import Federation
from gateway.guessing.rules import Limit
from gateway.guessing.service import Guessing
from gateway.identity.office import SignIn
from gateway.identity.router import router as own_identity
from gateway.identity.router import sign_in
from gateway.identity.tokens import TokenMint
from gateway.noticeboard import NoticeBoard
from gateway.passwords.router import router as passwords
from gateway.sealing import Seal
from gateway.second_factor.router import router as second_factor
from gateway.second_factor.service import Factors
from gateway.sessions.ended import CHANNEL as ENDED_CHANNEL
from gateway.sessions.ended import reread as reread_sessions
from gateway.sessions.router import router as sessions
from gateway.settings import GatewaySettings
from services.kit.database import Database
from services.kit.endings import Endings
from services.kit.settings import SharedSettings
from services.kit.signing import KeyRing
from services.kit.tokens import TokenVerifier

PEOPLE = (
    sign_in,
    apps,
    own_identity,
    sessions,
    endings_router,
    passwords,
    second_factor,
    accounts,
    device_router,
)
"""The routers of whoever signs in and of who administers them."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who may come in, in this process."""

    verifier: TokenVerifier
    endings: Endings
    board: NoticeBoard
    authenticator: TokenAuthenticator
    sign_in: SignIn
    exchange: TokenExchange


def open_identity(settings: GatewaySettings, shared: SharedSettings, database: Database) -> Identity:
    seal = Seal(settings.secret)
    keys = KeyRing.from_private_jwks(settings.token_keys)

    async def own_keys(*, refresh: bool = False) -> dict[str, Any]:
        return keys.public_jwks()

    verifier = TokenVerifier(own_keys, issuer=shared.issuer)
    board = NoticeBoard(database, poll_seconds=settings.notice_poll_seconds)
    mint = TokenMint(keys, shared.issuer, timedelta(minutes=settings.access_minutes))
    endings = Endings(token_lifetime=mint.lifetime)
    board.subscribe(
        ENDED_CHANNEL, heard=endings.sessions.heard, reread=partial(reread_sessions, endings.sessions)
    )
    board.subscribe(
        DELEGATIONS_CHANNEL,
        heard=endings.delegations.heard,
        reread=partial(reread_delegations, endings.delegations),
    )
    devices = DeviceKeys(database, mint, seal, noted_seconds=settings.device_noted_seconds)
    board.subscribe(DEVICES_CHANNEL, heard=devices.heard, reread=devices.reread)
    federation = Federation(load_issuers(settings.issuers_file) if settings.issuers_file else ())
    authenticator = TokenAuthenticator(verifier, endings=endings, devices=devices, issuers=federation)
    return Identity(
        verifier=verifier,
        endings=endings,
        board=board,
        authenticator=authenticator,
        exchange=TokenExchange(authenticator, federation),
        sign_in=SignIn(
            mint=mint,
            refresh_lifetime=timedelta(days=settings.refresh_days),
            database=database,
            guessing=_guessing(settings),
            factors=Factors(
                seal=seal,
                roles=settings.second_factor_roles,
                drift=settings.second_factor_drift,
                label=settings.second_factor_label,
            ),
        ),
    )


def _guessing(settings: GatewaySettings) -> Guessing:
    lock, forget = timedelta(minutes=settings.lock_minutes), timedelta(hours=settings.tries_forgotten_hours)
    return Guessing(
        account=Limit(settings.account_tries_free, settings.account_tries_lock, lock, forget),
        address=Limit(settings.address_tries_free, settings.address_tries_lock, lock, forget),
    )
