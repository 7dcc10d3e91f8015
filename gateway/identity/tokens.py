"""Makes access tokens: JWTs of RFC 9068, EdDSA, checked by each service with the keys at /.well-known/jwks.json."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

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


@dataclass(frozen=True, slots=True)
class TokenMint:
    """Signs access tokens in the name of one issuer."""

    keys: KeyRing
    issuer: str
    lifetime: timedelta

    def mint(self, grant: Grant) -> str:
        issued = clock.now()
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": grant.subject,
            "client_id": grant.subject,
            "name": grant.name,
            "roles": _sorted(grant.roles),
            "scope": " ".join(_sorted(grant.scopes)),
            "usccs": _sorted(grant.usccs),
            "every_enterprise": grant.every_enterprise,
            "iat": int(issued.timestamp()),
            "exp": int((issued + self.lifetime).timestamp()),
            "jti": str(new_id()),
        }
        return self.keys.sign(json.dumps(claims, ensure_ascii=False).encode(), typ=TOKEN_TYPE)


def _sorted(values: Iterable[str]) -> list[str]:
    return sorted(values)
