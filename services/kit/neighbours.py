"""Calling another service as oneself: OAuth 2.0 client credentials at the gateway, then plain HTTP with the token."""

from __future__ import annotations

import asyncio
import time

import httpx

from services.kit.consumers import Fetch, http_fetch
from services.kit.trusted import trusted

_REFRESH_BEFORE_SECONDS = 60


class ServiceIdentity:
    """This service's own sign-in. The token is kept until shortly before it ends; one sign-in at a time."""

    def __init__(self, *, gateway_url: str, client_id: str, client_secret: str) -> None:
        self._form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": client_secret,
        }
        self._http = httpx.AsyncClient(timeout=10, trust_env=False, verify=trusted())
        self._gateway_url, self._token_url = gateway_url, f"{gateway_url}/v1/auth/token"
        self._token, self._good_until = "", float("-inf")
        self._lock = asyncio.Lock()

    async def token(self) -> str:
        """A token that holds; raises `httpx.HTTPError` where the gateway is away or refuses."""
        async with self._lock:
            if time.monotonic() >= self._good_until:
                answer = await self._http.post(self._token_url, data=self._form)
                answer.raise_for_status()
                granted = answer.json()
                self._token = granted["access_token"]
                self._good_until = time.monotonic() + granted["expires_in"] - _REFRESH_BEFORE_SECONDS
            return self._token

    async def get(self, path: str, *, seconds: float, **parameters: str | int) -> httpx.Response:
        """The gateway's answer at a path of its own; raises `httpx.HTTPError` where it is away."""
        headers = {"Authorization": f"Bearer {await self.token()}"}
        return await self._http.get(
            f"{self._gateway_url}{path}", params=parameters, headers=headers, timeout=seconds
        )

    def feed(self, service_url: str, service: str) -> Fetch:
        """The event feed of the service at this address, for a consumer."""
        return http_fetch(self._http, f"{service_url}/v1/{service}/events", token=self.token)

    async def close(self) -> None:
        await self._http.aclose()
