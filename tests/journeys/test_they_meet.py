"""The four services meet in their feeds: real processes, real consumers, the sample city."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

import httpx
import pytest

from infra.journeys import credit, emergency, waste
from infra.journeys.reports import fill
from infra.local.secrets import sample_otp_secret, sample_password
from infra.local.stack import Stack
from infra.sample.otp import VARIABLE
from services.kit.ids import new_id
from services.kit.reading import PURPOSE_HEADER
from tests.support.homes import sample_stack

pytestmark = pytest.mark.stack

PATIENCE_SECONDS = 300
SignIn = Callable[[str], "Person"]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with sample_stack(tmp_path_factory) as running:
        yield running


@pytest.fixture(scope="module")
def password(stack: Stack) -> str:
    return sample_password(stack.home / "secrets")


@pytest.fixture(autouse=True)
def otp(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    """The journeys' approver has a second factor."""
    monkeypatch.setenv(VARIABLE, sample_otp_secret(stack.home / "secrets"))


@pytest.fixture
def sign_in(stack: Stack, password: str) -> Iterator[SignIn]:
    """Somebody of the sample, by login."""
    with ExitStack() as clients:

        def person(login: str) -> Person:
            client = httpx.Client(base_url=stack.gateway_url, timeout=30, trust_env=False)
            return Person(clients.enter_context(client), login, password)

        yield person


class Person:
    """Somebody who is signed in."""

    def __init__(self, client: httpx.Client, login: str, password: str) -> None:
        self._http = client
        form = {"grant_type": "password", "username": login, "password": password}
        token = self._http.post("/v1/auth/token", data=form).json()["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"
        self._http.headers[PURPOSE_HEADER] = "supervision"

    def get(self, path: str, **parameters: Any) -> Any:
        answer = self._http.get(path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Any) -> Any:
        answer = self._http.post(path, json=body, headers={"Idempotency-Key": str(new_id())})
        assert answer.status_code == 201, answer.text
        return answer.json()


def eventually(look: Callable[[], Any]) -> Any:
    """What `look` finds, once it finds something; consumers read in their own time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.2)
    return found


def candidates(clerk: Person, evidence: str) -> list[Any]:
    found: list[Any] = []
    cursor = None
    while True:
        page = clerk.get("/v1/credit/candidates", limit=500, **({"cursor": cursor} if cursor else {}))
        found += [each for each in page["items"] if each["evidence"] == evidence]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def confirmed_exceedance(sign_in: SignIn, login: str) -> str:
    """An enterprise reports a value over its limit, an inspector confirms it; the report's path."""
    enterprise = sign_in(login)
    owed = enterprise.get("/v1/permits/obligations", state="open")["items"][0]
    blank = enterprise.get(f"/v1/permits/obligations/{owed['id']}/blank")
    report = {**fill(blank), "exceedance_explanation": "除尘设施检修"}
    line = next(each for each in blank["reference"] if each["limits"][-1]["kind"] == "hourly_concentration")
    place = {name: line[name] for name in ("outlet_code", "pollutant_code")}
    over = {**place, "concentration_max": str(Decimal(line["limits"][-1]["value"]) + 10)}
    report["values"] = [
        {**value, **over} if place.items() <= value.items() else value for value in report["values"]
    ]
    submitted = enterprise.post("/v1/permits/reports", report)["report"]
    content = {"report_id": submitted["id"], "report_version": 1, **place, "kind": "hourly_concentration"}
    inspector = sign_in("inspector01")
    inspector.post("/v1/permits/exceedance-confirmations", {**content, "finding": "核对属实"})
    return f"/v1/permits/reports/{submitted['id']}"


def test_a_confirmed_exceedance_arrives_once_as_a_candidate(stack: Stack, sign_in: SignIn) -> None:
    clerk = sign_in("clerk01")
    path = confirmed_exceedance(sign_in, "heat01")
    assert len(eventually(lambda: candidates(clerk, path))) == 1


def test_it_arrives_once_although_credit_is_killed_meanwhile(stack: Stack, sign_in: SignIn) -> None:
    clerk = sign_in("clerk01")
    stack.kill("credit", signal.SIGKILL)
    path = confirmed_exceedance(sign_in, "heat02")
    stack.restart("credit")
    assert len(eventually(lambda: candidates(clerk, path))) == 1
    stack.restart("credit")
    assert len(candidates(clerk, path)) == 1


@pytest.mark.parametrize(
    ("walk", "source"),
    [(waste.run, "/v1/waste"), (emergency.run, "/v1/emergency")],
    ids=["waste", "emergency"],
)
def test_what_a_journey_finds_arrives_as_a_candidate(
    stack: Stack, password: str, sign_in: SignIn, walk: Callable[..., None], source: str
) -> None:
    clerk = sign_in("clerk01")

    def heard() -> int:
        page = clerk.get("/v1/credit/candidates", limit=500)
        assert page["next_cursor"] is None
        return sum(each["source"] == source for each in page["items"])

    told = eventually(heard)  # of the sample's two years
    walk(stack.gateway_url, password, lambda _: None)
    assert eventually(lambda: heard() > told)


def test_a_grade_change_shows_on_the_enterprise_and_in_the_dossier(
    stack: Stack, password: str, sign_in: SignIn
) -> None:
    credit.run(stack.gateway_url, password, lambda _: None)
    enterprise = sign_in("cement01")
    uscc = enterprise.get("/v1/auth/me")["usccs"][0]
    path = f"/v1/permits/enterprises/{uscc}"
    assert eventually(lambda: enterprise.get(path)["credit"])
    seen = sign_in("inspector01").get(f"/v1/enterprises/{uscc}")
    assert (seen["complete"], seen["missing"]) == (True, [])
    assert seen["permits"]["view"]["enterprise"]["credit"]["grade"] == seen["credit"]["view"]["grade"]


def test_a_service_that_is_away_is_named_in_the_dossier(stack: Stack, password: str, sign_in: SignIn) -> None:
    inspector = sign_in("inspector01")
    uscc = sign_in("cement01").get("/v1/auth/me")["usccs"][0]
    stack.kill("emergency", signal.SIGKILL)
    seen = inspector.get(f"/v1/enterprises/{uscc}")
    stack.restart("emergency")
    assert (seen["complete"], seen["missing"]) == (False, ["emergency"])
    assert seen["permits"]["status"] == "known"
