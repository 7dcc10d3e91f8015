"""Who calls: by access token, checked with the gateway's own keys and against what was ended, or by device key."""

from __future__ import annotations

from typing import Protocol

from gateway.devices.rules import PREFIX
from services.kit.auth import Principal
from services.kit.endings import Endings
from services.kit.problems import Unauthorized
from services.kit.texts import Text
from services.kit.tokens import TokenVerifier

_FOREIGN = Text(
    zh="请先在 POST /v1/auth/token 以 token-exchange 换取本系统的凭证",
    en="Exchange it first for a token of ours: POST /v1/auth/token with the token-exchange grant",
)
EXCHANGE_AT = "/v1/auth/token"


class Devices(Protocol):
    """What the gateway knows of device keys."""

    async def caller(self, key: str) -> tuple[Principal, bytes]: ...


class Issuers(Protocol):
    """Foreign issuers whose tokens are exchanged, and not taken as they are."""

    def knows(self, token: str) -> bool: ...


class TokenAuthenticator:
    """The gate's `Authenticator`. A request costs no query: `endings` are kept in memory."""

    def __init__(
        self,
        verifier: TokenVerifier,
        *,
        endings: Endings,
        devices: Devices,
        issuers: Issuers,
    ) -> None:
        self._verifier, self._endings = verifier, endings
        self._ended, self._delegations = endings.sessions, endings.delegations
        self._devices, self._issuers = devices, issuers

    def known(self, authorization: str) -> Principal | None:
        if authorization[7:11] == PREFIX:  # a device's key
            return None
        principal = self._verifier.known(authorization)
        if principal is None or (principal.session or principal.subject) in self._ended:
            return None
        if principal.acting_for is not None and self._delegations.is_stale(principal.acting_for):
            return None
        return principal

    async def caller(self, authorization: str | None) -> tuple[Principal | None, bytes | None]:
        if (
            authorization is not None
            and authorization[7:11] == PREFIX
            and authorization[:7].lower() == "bearer "
        ):
            return await self._devices.caller(authorization[7:])
        try:
            principal = await self._verifier.principal(authorization)
        except Unauthorized as problem:
            if self._issuers.knows((authorization or "").partition(" ")[2].strip()):
                raise Unauthorized(
                    _FOREIGN, code_hint="token_exchange_required", exchange=EXCHANGE_AT
                ) from problem
            raise
        if principal is not None:
            self._endings.refuse(principal)
        return principal, None
