"""Who calls: the token with its renewal, and what every request of the caller carries. No I/O."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from infra.client.call import Call
from services.kit.ids import new_id

T = TypeVar("T")
TOKEN = "/v1/auth/token"  # noqa: S105 - a path
_EARLY_SECONDS = 30.0


@dataclass(slots=True)
class Session:
    """`token` may be given (a device key, a token got elsewhere); a sign-in puts its own in place."""

    token: str | None = None
    language: str = "zh-CN"
    purpose: str | None = None
    """`Steppe-Purpose` of a bureau caller: why enterprise data that is not public is read."""
    clock: Callable[[], float] = time.monotonic
    _refresh_token: str | None = field(default=None, repr=False)
    _renew_at: float = field(default=0.0, repr=False)

    def by_password(self, login: str, password: str, otp: str | None) -> Call[dict[str, Any]]:
        form = {"grant_type": "password", "username": login, "password": password}
        return _sign_in({**form, "otp": otp} if otp else form)

    def by_secret(self, client_id: str, client_secret: str) -> Call[dict[str, Any]]:
        form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        return _sign_in(form)

    def signed_in(self, answer: dict[str, Any]) -> None:
        """Takes over the tokens of RFC 6749 5.1."""
        self.token = answer["access_token"]
        self._refresh_token = answer.get("refresh_token")
        self._renew_at = self.clock() + max(0.0, answer["expires_in"] - _EARLY_SECONDS)

    def renewal(self, call: Call[Any]) -> Call[dict[str, Any]] | None:
        """The call that gets a new token, where one is due before `call`."""
        if call.template == TOKEN or self._refresh_token is None or self.clock() < self._renew_at:
            return None
        refresh_token, self._refresh_token = self._refresh_token, None  # a second use would end the session
        return _sign_in({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def keyed(self, call: Call[T]) -> Call[T]:
        """With an `Idempotency-Key` of its own where it asks for one and has none yet."""
        if not call.keyed or call.headers["Idempotency-Key"]:
            return call
        return replace(call, headers={**call.headers, "Idempotency-Key": str(new_id())})

    def request(self, call: Call[Any]) -> dict[str, Any]:
        """What httpx makes the request of."""
        headers = {"Accept-Language": self.language, **call.given_headers()}
        if self.token is not None and call.template != TOKEN:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.purpose is not None:
            headers.setdefault("Steppe-Purpose", self.purpose)
        request = {
            "method": call.method,
            "url": call.target,
            "params": call.parameters() or None,
            "headers": headers,
        }
        if call.kind == "json":
            request["json"] = call.body
        elif call.kind == "form":
            request["data"] = call.body
        elif call.kind == "file":
            request["content"] = call.body
            headers["Content-Type"] = call.media_type or "application/octet-stream"
        return request


def _sign_in(form: dict[str, str]) -> Call[dict[str, Any]]:
    return Call("POST", TOKEN, body=form, kind="form")
