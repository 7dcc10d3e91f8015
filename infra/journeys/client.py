"""A caller of the API in a journey: says each step, checks each answer, stops at the first that is not right.

Calls come from the typed client (`infra.client.api`), so that mypy shows which step a change of the API breaks.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import httpx

from infra.client import Answer, ApiError, Call, Client
from infra.client.session import Session
from infra.sample.otp import sample_code

T = TypeVar("T")


class JourneyError(Exception):
    """An answer was not what it should be."""


class Caller:
    """Somebody (or the public, without a token) calling the gateway."""

    def __init__(self, http: httpx.Client, *, who: str, say: Callable[[str], None]) -> None:
        self._who, self._say = who, say
        # The purpose is said by whoever reads for the bureau; nobody else is asked.
        self._client = Client("", session=Session(purpose="supervision"), http=http)

    def sign_in(self, login: str, password: str) -> None:
        """OAuth 2.0 password grant; with a one-time code where the account needs one."""
        refusal = self._try_sign_in(login, password)
        if refusal is not None and refusal.code == "second_factor_required":
            refusal = self._try_sign_in(login, password, otp=sample_code(os.environ, login))
        if refusal is not None:
            raise JourneyError(f"{login} cannot sign in: {refusal}") from refusal

    def _try_sign_in(self, login: str, password: str, *, otp: str | None = None) -> ApiError | None:
        try:
            self._client.sign_in(login, password, otp=otp)
        except ApiError as refusal:
            self._say(f"    {self._who}  POST /v1/auth/token → {refusal.status}")
            return refusal
        self._say(f"    {self._who}  POST /v1/auth/token → 200")
        return None

    def __call__(self, call: Call[T]) -> T:
        """The body of a success; a refusal ends the journey."""
        return self.answer(call).body

    def answer(self, call: Call[T]) -> Answer[T]:
        """A success with its headers."""
        try:
            answer = self._client.answer(call)
        except ApiError as refusal:
            self._note(call, refusal.status)
            raise JourneyError(f"{call.method} {call.target}: {refusal} {refusal.errors}") from refusal
        self._note(call, answer.status)
        return answer

    def refused(self, call: Call[Any], status: int) -> dict[str, Any]:
        """The problem document of a refusal that has to come, with this status."""
        try:
            answer = self._client.answer(call)
        except ApiError as refusal:
            self._note(call, refusal.status)
            expect(refusal.status == status, f"expected {status}: {refusal}")
            expect(refusal.headers["content-type"] == "application/problem+json", "not a problem document")
            return refusal.problem
        raise JourneyError(f"{call.method} {call.target}: expected {status}, not {answer.status}")

    def feed(self, call: Call[list[dict[str, Any]]], *, after: int) -> tuple[list[dict[str, Any]], int]:
        """One batch of an event feed, and the position to read on from."""
        batch = replace(call, query={"after": after, "wait": 20, "limit": 1000})
        answer = self.answer(batch)
        return answer.body, int(answer.headers["steppe-next-position"])

    def _note(self, call: Call[Any], status: int) -> None:
        self._say(f"    {self._who}  {call.method} {call.target} → {status}")


def given(value: T | None, otherwise: str) -> T:
    """The value, which has to be there."""
    if value is None:
        raise JourneyError(otherwise)
    return value


def expect(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not holds:
        raise JourneyError(otherwise)
