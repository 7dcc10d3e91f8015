"""A caller of the API in a journey: says each step, checks each answer, stops at the first that is not right."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import httpx

from infra.sample.otp import sample_code
from services.kit.ids import new_id
from services.kit.reading import PURPOSE_HEADER


class JourneyError(Exception):
    """An answer was not what it should be."""


class Caller:
    """Somebody (or the public, without a token) calling the gateway."""

    def __init__(self, http: httpx.Client, *, who: str, say: Callable[[str], None]) -> None:
        self._http, self._who, self._say = http, who, say
        # Said by whoever reads for the bureau; nobody else is asked.
        self._headers: dict[str, str] = {PURPOSE_HEADER: "supervision"}

    def sign_in(self, login: str, password: str) -> None:
        """OAuth 2.0 password grant; with a one-time code where the account needs one."""
        form = {"grant_type": "password", "username": login, "password": password}
        answer = self._token(form)
        if answer.status_code == 400 and answer.json()["code"] == "second_factor_required":
            answer = self._token({**form, "otp": sample_code(os.environ)})
        if answer.status_code == 400 and answer.json()["code"] == "second_factor_refused":
            # Used already in this half minute; the clocks of people and servers differ by as much as the next one.
            answer = self._token({**form, "otp": sample_code(os.environ, steps_ahead=1)})
        expect(answer.status_code == 200, f"{login} cannot sign in: {answer.text}")
        self._headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def _token(self, form: dict[str, str]) -> httpx.Response:
        answer = self._http.post("/v1/auth/token", data=form)
        self._note("POST", "/v1/auth/token", answer)
        return answer

    def get(self, path: str, *, expected: int = 200, **parameters: str | int) -> Any:
        answer = self._http.get(path, params=parameters, headers=self._headers)
        self._note("GET", str(answer.request.url.raw_path, "ascii"), answer)
        expect(answer.status_code == expected, f"expected {expected}: {answer.status_code} {answer.text}")
        return answer.json()

    def post(self, path: str, body: Any, *, expected: int, key: str | None = None) -> httpx.Response:
        headers = {**self._headers, "Idempotency-Key": key or str(new_id())}
        answer = self._http.post(path, json=body, headers=headers)
        self._note("POST", path, answer)
        expect(answer.status_code == expected, f"expected {expected}: {answer.status_code} {answer.text}")
        return answer

    def feed(self, path: str, *, after: int) -> tuple[list[dict[str, Any]], int]:
        """One batch of an event feed, and the position to read on from."""
        answer = self._http.get(
            path, params={"after": after, "wait": 5, "limit": 1000}, headers=self._headers
        )
        self._note("GET", f"{path}?after={after}", answer)
        expect(answer.status_code == 200, f"{answer.status_code} {answer.text}")
        return answer.json(), int(answer.headers["steppe-next-position"])

    def _note(self, method: str, path: str, answer: httpx.Response) -> None:
        self._say(f"    {self._who}  {method} {path} → {answer.status_code}")


def expect(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not holds:
        raise JourneyError(otherwise)
