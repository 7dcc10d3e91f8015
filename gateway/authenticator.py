"""Who calls: by access token, checked with the gateway's own keys and against what was ended, or by device key."""

from __future__ import annotations

from collections.abc import Container
from typing import Protocol

from gateway.devices.rules import PREFIX
from services.kit.auth import Principal
from services.kit.problems import Unauthorized
from services.kit.texts import Text
from services.kit.tokens import TokenVerifier

_ENDED = Text(zh="该登录会话已终止，请重新登录", en="This sign-in was ended; sign in again")
_CHANGED = Text(
    zh="委托已变更或终止，请重新换取凭证", en="The delegation has changed or ended; exchange for a new token"
)
_FOREIGN = Text(
    zh="请先在 POST /v1/auth/token 以 token-exchange 换取本系统的凭证",
    en="Exchange it first for a token of ours: POST /v1/auth/token with the token-exchange grant",
)
EXCHANGE_AT = "/v1/auth/token"


class Delegations(Protocol):
    """What the gateway knows of delegations that changed."""

    def is_stale(self, acting_for: str) -> bool: ...


class Devices(Protocol):
    """What the gateway knows of device keys."""

    async def caller(self, key: str) -> tuple[Principal, bytes]: ...


class Issuers(Protocol):
    """Foreign issuers whose tokens are exchanged, and not taken as they are."""

    def knows(self, token: str) -> bool: ...


class TokenAuthenticator:
    """The gate's `Authenticator`. A request costs no query: `ended` and `delegations` are kept in memory."""

    def __init__(
        self,
        verifier: TokenVerifier,
        *,
        ended: Container[str],
        delegations: Delegations,
        devices: Devices,
        issuers: Issuers,
    ) -> None:
        self._verifier, self._ended, self._delegations = verifier, ended, delegations
        self._devices, self._issuers = devices, issuers

    def known(self, authorization: str) -> Principal | None:
        if authorization[7:11] == PREFIX:  # a device's key
            return None
        principal = self._verifier.known(authorization)
        if principal is None or principal.session in self._ended:
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
        if principal is not None and principal.session is not None and principal.session in self._ended:
            raise Unauthorized(_ENDED, code_hint="session_ended")
        acting_for = principal.acting_for if principal is not None else None
        if acting_for is not None and self._delegations.is_stale(acting_for):
            raise Unauthorized(_CHANGED, code_hint="delegation_changed")
        return principal, None
