"""A caller that does not give up: each request is repeated with its key until it is answered."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import httpx

from services.kit.ids import new_id_text

PAUSE_SECONDS = 0.2
MOST_PAUSE_SECONDS = 5.0
_COME_AGAIN = frozenset({408, 429, 502, 503, 504})


class RefusedError(Exception):
    """An answer that no repeating would change: the soak test itself asks for something wrong."""


class Person:
    """Somebody signed in at the gateway (the public where there is no login). `seen` counts answers by status."""

    def __init__(self, gateway: str, login: str | None = None, password: str = "") -> None:
        self._http = httpx.AsyncClient(base_url=gateway, timeout=30, trust_env=False)
        self._login, self._password = login, password
        self._token: str | None = None
        self.seen: Counter[str] = Counter()

    async def get(self, path: str, **parameters: str | int) -> Any:
        return (await self.call("GET", path, parameters=parameters)).json()

    async def post(self, path: str, content: Any) -> Any:
        """With an `Idempotency-Key` of its own, the same each time that it is repeated."""
        return (await self.call("POST", path, content=content, key=new_id_text())).json()

    async def call(
        self,
        method: str,
        path: str,
        *,
        parameters: dict[str, str | int] | None = None,
        content: Any = None,
        key: str | None = None,
    ) -> httpx.Response:
        """The answer, once there is one; RefusedError for one that says no."""
        while True:
            try:
                headers = await self._headers(key)
                answer = await self._http.request(
                    method, path, params=parameters, json=content, headers=headers
                )
            except httpx.TransportError as error:
                self.seen[type(error).__name__] += 1
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            self.seen[str(answer.status_code)] += 1
            if answer.is_success:
                return answer
            await self._wait_after(answer, f"{method} {path}")

    async def close(self) -> None:
        await self._http.aclose()

    async def _wait_after(self, answer: httpx.Response, what: str) -> None:
        if answer.status_code == httpx.codes.UNAUTHORIZED and self._token is not None:
            self._token = None  # it has expired, or the gateway's memory of it has
        elif answer.status_code in _COME_AGAIN:
            told = float(answer.headers.get("retry-after", PAUSE_SECONDS))
            await asyncio.sleep(min(told, MOST_PAUSE_SECONDS))
        else:
            raise RefusedError(f"{what}: {answer.status_code} {answer.text[:500]}")

    async def _headers(self, key: str | None) -> dict[str, str]:
        headers = {"Idempotency-Key": key} if key else {}
        if self._login is None:
            return headers
        while self._token is None:
            form = {"grant_type": "password", "username": self._login, "password": self._password}
            answer = await self._http.post("/v1/auth/token", data=form)
            if answer.is_success:
                self._token = answer.json()["access_token"]
            else:
                await self._wait_after(answer, f"{self._login} signs in")
        return {**headers, "Authorization": f"Bearer {self._token}"}
