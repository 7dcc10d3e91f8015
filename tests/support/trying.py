"""What «try it» of the portal does, without a browser: real records are taken from lists, a sample body is sent."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

import httpx

from gateway.policy.loading import load as load_policy
from gateway.portal import samples
from gateway.portal.reference import read
from infra.sample.otp import sample_code
from services.kit import clock
from services.kit.identifiers.make import make_uscc
from services.kit.ids import new_id
from services.kit.reading import PURPOSE_HEADER

PLACE = re.compile(r"\{\{([a-z_.]+)\}\}")
NONE_YET: Mapping[str, str] = {}
_numbers = itertools.count(1)
MADE: dict[str, Callable[[], str]] = {
    "new.uscc": lambda: make_uscc(region="152501", serial=800_000 + next(_numbers)),
    "new.code": lambda: f"EX-{new_id().hex[-8:].upper()}{next(_numbers)}",
    "new.login": lambda: f"ex-{new_id().hex[-8:]}{next(_numbers)}",
    "new.digits": lambda: f"{next(_numbers):04}",
    "today": lambda: clock.today().isoformat(),
    "now": lambda: clock.now().isoformat(),
    "month_ago": lambda: (clock.today() - timedelta(days=30)).isoformat(),
    "month_hence": lambda: (clock.today() + timedelta(days=30)).isoformat(),
    "next_year": lambda: str(clock.today().year + 1),
}


def pick(value: Any, steps: list[str]) -> Any:
    """As `samples.js` does: a JSON Pointer with `*` (any element that leads on) and `kind=use` (one that says so)."""
    if not steps or value is None:
        return value
    step, rest = steps[0], steps[1:]
    if not isinstance(value, list):
        return pick(value.get(step) if isinstance(value, dict) else None, rest)
    name, _, wanted = step.partition("=")
    if wanted:
        fitting = [each for each in value if each.get(name) == wanted]
    else:
        fitting = value if step == "*" else value[int(step) :][:1]
    return next((found for each in fitting if (found := pick(each, rest)) is not None), None)


_APPLICATIONS = "POST /v1/permits/applications"
_DECLARATIONS = "POST /v1/permits/performance/declarations"
_OFFSETS = "POST /v1/permits/totals/offsets"
_DRAFTS = "POST /v1/permits/application-drafts"
_REPORT_DRAFTS = "POST /v1/permits/drafts"
_MANIFESTS = "POST /v1/waste/manifests"
AFRESH = {
    f"{_DRAFTS}/{{application_draft_id}}/discard": _DRAFTS,
    f"{_DRAFTS}/signatures": _DRAFTS,
    f"{_REPORT_DRAFTS}/{{draft_id}}/signature": _REPORT_DRAFTS,
    f"{_REPORT_DRAFTS}/signatures": _REPORT_DRAFTS,
    f"{_OFFSETS}/{{offset_id}}/withdrawal": _OFFSETS,
    f"{_APPLICATIONS}/{{application_id}}/withdrawal": _APPLICATIONS,
    f"{_DECLARATIONS}/{{declaration_id}}/steps": _DECLARATIONS,
    f"{_MANIFESTS}/{{manifest_id}}/cancellation": _MANIFESTS,
    "POST /v1/emergency/reservations/{reservation_id}/cancellation": "POST /v1/emergency/reservations",
    "POST /v1/emergency/incidents/{incident_id}/closure": "POST /v1/emergency/incidents",
}
"""What is made once more before a step: an earlier step has dealt with the one that there was."""


class Nothing(Exception):  # noqa: N818 - it names what a list gave
    """A list holds no record to take."""


class Trying:
    """Somebody at the portal of a stack with the sample city, who signs in as whom a call needs."""

    def __init__(self, origin: str, password: str, home: str) -> None:
        self._origin, self._password, self._home = origin, password, home
        self._callers: dict[str, httpx.Client] = {}
        document = self.caller("public").get("/openapi.json").json()
        self._operations = {each.key: each for each in read(document, load_policy()).operations}

    def close(self) -> None:
        for client in self._callers.values():
            client.close()

    def caller(self, login: str) -> httpx.Client:
        if login not in self._callers:
            headers = {PURPOSE_HEADER: "supervision", "Accept-Language": "en"}
            client = httpx.Client(base_url=self._origin, headers=headers, timeout=60, trust_env=False)
            self._callers[login] = client
            if login != "public":
                form = {"grant_type": "password", "username": login, "password": self._password}
                answer = client.post("/v1/auth/token", data=form)
                if answer.status_code == 400 and answer.json()["code"] == "second_factor_required":
                    form["otp"] = sample_code({"STEPPE_HOME": self._home}, login)
                    answer = client.post("/v1/auth/token", data=form)
                assert answer.status_code == 200, (login, answer.text)
                client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return self._callers[login]

    def take(
        self,
        login: str,
        source: samples.Source | None,
        taken: Mapping[str, str] = NONE_YET,
        *,
        named: Mapping[str, str] = NONE_YET,
    ) -> str:
        """A real record's value from a list; `taken` are those that the list itself asks for, `named` the variables of
        the path before it. Nothing where there is none."""
        if source is None:
            raise Nothing("no list")
        path = PLACE.sub(lambda place: taken.get(place[1], place[0]), source.list)
        path = re.sub(r"\{(\w+)\}", lambda name: named.get(name[1], name[0]), path)
        answer = self.caller(login).get(path)
        found = pick(answer.json(), source.at.split("/")[1:]) if answer.status_code == 200 else None
        if found is None:
            raise Nothing(f"{path} {source.at}: {answer.status_code}")
        if source.each and isinstance(found, list):
            return source.join.join(
                re.sub(r"\{(\w+)\}", lambda name, of=each: str(of[name[1]]), source.each) for each in found
            )
        return str(found)

    def send(self, key: str, login: str) -> httpx.Response:
        """Sends the sample body of an operation. Nothing where it would need a record that is not there."""
        known, (method, _, path) = samples.load(), key.partition(" ")
        operation, given = self._operations[key], dict[str, str]()
        for each in operation.parameters:
            if not each.required or each.place not in ("path", "query"):
                continue
            source = known.list_for(key, operation.service, each.name)
            if each.place == "query" and source is None:
                given[each.name] = str(each.example)
            else:
                given[each.name] = self.take(login, source, named=given)
        path = re.sub(r"\{(\w+)\}", lambda name: given.pop(name[1]), path)
        body = PLACE.sub(lambda place: MADE.get(place[1], lambda: place[0])(), known.bodies[key])
        found: dict[str, str] = {}
        for place, source in known.places_of(key).items():
            found[place] = self.take(login, source, found)
        body = PLACE.sub(lambda place: found.get(place[1], place[0]), body)
        media_type = operation.body.media_type if operation.body else "application/json"
        headers = {"Idempotency-Key": str(new_id()), "Content-Type": media_type, "If-Match": "*"}
        return self.caller(login).request(
            method, path, params=given, content=body.encode() or None, headers=headers
        )

    def tried(self, writers: dict[str, str]) -> Iterator[tuple[str, str]]:
        """Each operation in turn with what came of it: its status, or what was missing."""
        for key, login in writers.items():
            try:
                if key in AFRESH:
                    made = AFRESH[key]
                    self.send(made, login if made == _REPORT_DRAFTS else writers[made])
                answer = self.send(key, login)
            except Nothing as missing:
                yield key, f"nothing to take: {missing}"
                continue
            yield key, str(answer.status_code) if answer.is_success else f"{answer.status_code} {answer.text}"
