"""Makes access tokens: JWTs of RFC 9068, EdDSA, checked by each service with the keys at /.well-known/jwks.json."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.kit import clock
from services.kit.ids import new_id
from services.kit.signing import KeyRing
from services.kit.tokens import AUDIENCE, TOKEN_TYPE


@dataclass(frozen=True, slots=True)
class Grant:
    """Whom a token is for and what it allows."""

    subject: str
    name: str
    roles: tuple[str, ...]
    scopes: frozenset[str]
    usccs: tuple[str, ...]
    every_enterprise: bool
    session: str | None = None
    """The sign-in that it comes from: the claim `sid`, by which the gateway knows a revoked one."""
    sites: frozenset[str] | None = None
    """The sites that it is narrowed to; None: no narrowing."""
    acting_for: str | None = None
    """The delegation that it acts under, `{delegation_id}.{version}`."""
    app: str | None = None
    """The app that acts for the person: the claim `client_id`, which else names the subject itself."""
    purposes: tuple[str, ...] = ()
    """What a system was registered to read unpublished data for."""
    until: datetime | None = None
    """No token for it holds longer than this; None: as long as any."""


@dataclass(frozen=True, slots=True)
class Minted:
    """A signed token and the seconds that it holds."""

    token: str
    seconds: int


@dataclass(frozen=True, slots=True)
class TokenMint:
    """Signs access tokens in the name of one issuer."""

    keys: KeyRing
    issuer: str
    lifetime: timedelta

    def mint(self, grant: Grant) -> str:
        return self.minted(grant).token

    def minted(self, grant: Grant) -> Minted:
        issued = clock.now()
        expires = min(issued + self.lifetime, grant.until or issued + self.lifetime)
        claims: dict[str, object] = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": grant.subject,
            "client_id": grant.app or grant.subject,
            "name": grant.name,
            "roles": _sorted(grant.roles),
            "scope": " ".join(_sorted(grant.scopes)),
            "usccs": _sorted(grant.usccs),
            "every_enterprise": grant.every_enterprise,
            "iat": int(issued.timestamp()),
            "exp": int(expires.timestamp()),
            "jti": str(new_id()),
            **_optional(grant),
        }
        token = self.keys.sign(json.dumps(claims, ensure_ascii=False).encode(), typ=TOKEN_TYPE)
        return Minted(token, int(expires.timestamp()) - int(issued.timestamp()))


def _optional(grant: Grant) -> dict[str, object]:
    """Claims that only some tokens carry."""
    claims: dict[str, object] = {}
    if grant.session is not None:
        claims["sid"] = grant.session
    if grant.sites is not None:
        claims["sites"] = _sorted(grant.sites)
    if grant.acting_for is not None:
        claims["acting_for"] = grant.acting_for
    if grant.purposes:
        claims["purposes"] = _sorted(grant.purposes)
    return claims


def _sorted(values: Iterable[str]) -> list[str]:
    return sorted(values)
