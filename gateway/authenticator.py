"""Who calls: by access token, checked with the gateway's own keys and against the sessions that were ended."""

from __future__ import annotations

from collections.abc import Container

from services.kit.auth import Principal
from services.kit.problems import Unauthorized
from services.kit.texts import Text
from services.kit.tokens import TokenVerifier

_ENDED = Text(zh="该登录会话已终止，请重新登录", en="This sign-in was ended; sign in again")


class TokenAuthenticator:
    """The gate's `Authenticator`. A request costs no query: `ended` is kept in memory."""

    def __init__(self, verifier: TokenVerifier, *, ended: Container[str]) -> None:
        self._verifier, self._ended = verifier, ended

    async def caller(self, authorization: str | None) -> tuple[Principal | None, bytes | None]:
        principal = await self._verifier.principal(authorization)
        if principal is not None and principal.session is not None and principal.session in self._ended:
            raise Unauthorized(_ENDED, code_hint="session_ended")
        return principal, None
