"""Sends calls: with a token that is renewed in time, a key for every POST, and repetitions that do nothing twice."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from types import TracebackType
from typing import Any, Self, TypeVar, cast

import httpx

from infra.client.call import Answer, Call
from infra.client.errors import ApiError
from infra.client.retrying import Patience
from infra.client.session import Session

T = TypeVar("T")


class Client:
    """For one caller; `async` programs use `AsyncClient`. Raises ApiError, and httpx.TransportError at the end."""

    def __init__(
        self,
        gateway: str,
        *,
        session: Session | None = None,
        patience: Patience | None = None,
        http: httpx.Client | None = None,
    ) -> None:
        self.session = session or Session()
        self._patience = patience or Patience()
        self._http = http or httpx.Client(base_url=gateway, timeout=70, trust_env=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.close()

    def sign_in(self, login: str, password: str, *, otp: str | None = None) -> None:
        """As a person; `otp` is the code of the second factor, where the account has one."""
        self.session.signed_in(self.answer(self.session.by_password(login, password, otp)).body)

    def sign_in_as_system(self, client_id: str, client_secret: str) -> None:
        """As another system (RFC 6749 4.4)."""
        self.session.signed_in(self.answer(self.session.by_secret(client_id, client_secret)).body)

    def __call__(self, call: Call[T]) -> T:
        """The body of the answer."""
        return self.answer(call).body

    def answer(self, call: Call[T]) -> Answer[T]:
        """The answer with its headers."""
        call = self.session.keyed(call)
        attempt = 0
        while True:
            attempt += 1
            self._renew(call)
            try:
                got = _read(self._http.send(self._request(call)))
            except (ApiError, httpx.TransportError) as error:
                wait = self._patience.wait(call, attempt, *_of(error))
                if wait is None:
                    raise
                time.sleep(wait)
                continue
            return cast(Answer[T], got)

    def pages(self, call: Call[T]) -> Iterator[T]:
        """Every page of a list."""
        cursor: str | None = None
        while True:
            page = self(replace(call, query={**call.query, "cursor": cursor}))
            yield page
            cursor = cast(dict[str, Any], page).get("next_cursor")
            if cursor is None:
                return

    def _renew(self, call: Call[T]) -> None:
        renewal = self.session.renewal(call)
        if renewal is not None:
            self.session.signed_in(_read(self._http.send(self._request(renewal))).body)

    def _request(self, call: Call[Any]) -> httpx.Request:
        return self._http.build_request(**self.session.request(call))


class AsyncClient:
    """`Client` for asyncio."""

    def __init__(
        self,
        gateway: str,
        *,
        session: Session | None = None,
        patience: Patience | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self.session = session or Session()
        self._patience = patience or Patience()
        self._http = http or httpx.AsyncClient(base_url=gateway, timeout=70, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def sign_in(self, login: str, password: str, *, otp: str | None = None) -> None:
        self.session.signed_in((await self.answer(self.session.by_password(login, password, otp))).body)

    async def sign_in_as_system(self, client_id: str, client_secret: str) -> None:
        self.session.signed_in((await self.answer(self.session.by_secret(client_id, client_secret))).body)

    async def __call__(self, call: Call[T]) -> T:
        return (await self.answer(call)).body

    async def answer(self, call: Call[T]) -> Answer[T]:
        call = self.session.keyed(call)
        attempt = 0
        while True:
            attempt += 1
            await self._renew(call)
            try:
                got = _read(await self._http.send(self._request(call)))
            except (ApiError, httpx.TransportError) as error:
                wait = self._patience.wait(call, attempt, *_of(error))
                if wait is None:
                    raise
                await asyncio.sleep(wait)
                continue
            return cast(Answer[T], got)

    async def pages(self, call: Call[T]) -> AsyncIterator[T]:
        cursor: str | None = None
        while True:
            page = await self(replace(call, query={**call.query, "cursor": cursor}))
            yield page
            cursor = cast(dict[str, Any], page).get("next_cursor")
            if cursor is None:
                return

    async def _renew(self, call: Call[T]) -> None:
        renewal = self.session.renewal(call)
        if renewal is not None:
            self.session.signed_in(_read(await self._http.send(self._request(renewal))).body)

    def _request(self, call: Call[Any]) -> httpx.Request:
        return self._http.build_request(**self.session.request(call))


def _read(answer: httpx.Response) -> Answer[Any]:
    media_type = answer.headers.get("content-type", "").partition(";")[0]
    is_json = media_type == "application/json" or media_type.endswith("+json")
    loaded = answer.json() if is_json and answer.content else None
    headers = {name.lower(): value for name, value in answer.headers.items()}
    if not answer.is_success:
        raise ApiError(answer.status_code, loaded if isinstance(loaded, dict) else {}, headers)
    is_file = bool(answer.content) and not (media_type.startswith("text/") or "json" in media_type)
    as_it_is = answer.content if is_file else answer.text
    return Answer(answer.status_code, loaded if is_json else as_it_is, headers)


def _of(error: ApiError | httpx.TransportError) -> tuple[int | None, float | None]:
    return (error.status, error.retry_after) if isinstance(error, ApiError) else (None, None)
