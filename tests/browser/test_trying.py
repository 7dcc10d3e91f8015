"""«Try it» makes real calls of the sample city: reads, writes, refusals, and what it shows of them."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from gateway.identity.rules import scopes_of
from gateway.policy.loading import load as load_policy
from gateway.policy.rules import Verdict, decide
from gateway.portal.reference import Operation, read, slug_of
from infra.sample.otp import APPROVER, sample_code
from services.kit.auth import Principal
from tests.browser.conftest import Visit, Visiting

pytestmark = pytest.mark.browser

READERS = {
    "reviewer01": "reviewer",
    "clerk01": "clerk",
    "heat01": "enterprise",
}
"""Who reads: the first whom the policy lets."""
NOBODY_READS = ("/audit", "/read-log")
"""The sample city has no auditor."""
WRITERS = {  # one of each kind; all of them are sent by tests/journeys/test_samples.py
    "POST /v1/permits/enterprises": "clerk01",
    "POST /v1/permits/reports/{report_id}/reviews": "reviewer01",
    "POST /v1/permits/reports": "heat02",
    "POST /v1/permits/attachments": "heat01",
    "POST /v1/permits/ledger/{permit_number}/batches": "heat01",
    "POST /v1/permits/monitoring/{permit_number}/batches": "heat01",
    "POST /v1/waste/medical/bags": "hospital01",
    "POST /v1/credit/evaluations": "approver01",
    "POST /v1/credit/statements": "ore02",
    "POST /v1/emergency/items": "store01",
    "POST /v1/emergency/incidents": "duty01",
}


def send(page: Page) -> tuple[int, Any]:
    """Sends the form; status and JSON of what is shown."""
    page.click("#try [type=submit]")
    expect(page.locator("#result-status")).to_have_text(re.compile(r"^\d{3}"))
    expect(page.locator("#try [type=submit]")).to_be_enabled()
    status = int(page.locator("#result-status").inner_text().split()[0])
    body = page.locator("#result-body").text_content() or ""
    return status, json.loads(body) if body.startswith(("{", "[")) else body


def prepare(page: Page) -> bool:
    """Chooses a purpose and takes real records for everything that can be taken; False where a list is empty."""
    purpose = page.locator("[data-purposes]")
    if purpose.count():
        expect(purpose.locator("option")).not_to_have_count(1)
        purpose.select_option("supervision")
    for button in page.locator("[data-take]").all():
        label = button.inner_text()
        with page.expect_response(lambda _: True) as taken:  # leaving the page before would cut it off
            button.click()
        taken.value.finished()
        field = button.locator("xpath=../input")
        page.wait_for_function(
            "([field, button, label]) => field.value || button.textContent !== label",
            arg=[field.element_handle(), button.element_handle(), label],
        )
        if not field.input_value():
            return False
    return True


def operations(origin: str) -> list[Operation]:
    document = httpx.get(f"{origin}/openapi.json", trust_env=False).json()
    return read(document, load_policy()).operations


def test_a_read_with_a_real_record_is_answered_and_shown_with_its_curl(
    visit: Visiting, origin: tuple[str, str, str]
) -> None:
    here = visit("phone")
    page = here.open("/docs/zh/reference/permits/get-reports-report_id")
    here.sign_in("reviewer01", origin[1])
    assert prepare(page)
    status, body = send(page)
    assert status == 200
    assert body["id"] == page.locator("[data-name=report_id]").input_value()
    curl = page.locator("#curl").inner_text()
    assert f"/v1/permits/reports/{body['id']}" in curl
    assert "$TOKEN" in curl
    assert "eyJ" not in curl


def test_the_curl_that_is_shown_does_the_same(visit: Visiting, origin: tuple[str, str, str]) -> None:
    page = visit().open("/docs/en/reference/permits/get-disclosure-permits")
    page.fill("[data-name=limit]", "2")
    page.fill("[data-name=name]", "二连浩特 '市' \"&\" $HOME")
    status, body = send(page)
    command = page.locator("#curl").inner_text().replace("curl -i", "curl -s")
    said = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True, timeout=30)
    assert status == 200
    assert json.loads(said.stdout) == body


def reader_of(operation: Operation) -> str | None:
    """The sample account that may call it."""
    for login, role in READERS.items():
        somebody = Principal(login, login, (role,), scopes_of([role]))
        if operation.policy is not None and decide(operation.policy, somebody) is Verdict.ALLOWED:
            return login
    return None


def test_every_read_of_the_reference_runs_against_the_sample_city(
    visit: Visiting, origin: tuple[str, str, str]
) -> None:
    reads = [each for each in operations(origin[0]) if each.method == "GET" and each.service != "gateway"]
    readers = {each.key: reader_of(each) for each in reads}
    closed = [key for key, login in readers.items() if login is None]
    assert [key for key in closed if not any(part in key for part in NOBODY_READS)] == []
    tried, wrong, empty = 0, [], []
    for login in READERS:
        here = visit()
        here.open("/docs/en/reference")
        here.sign_in(login, origin[1])
        for operation in (each for each in reads if readers[each.key] == login):
            here.page.goto(f"{origin[0]}/docs/en/reference/{operation.service}/{operation.slug}")
            if not prepare(here.page):
                empty.append(operation.key)
                continue
            fill_required(here, operation)
            status, body = send(here.page)
            tried += 1
            if (status, body.get("code") if status != 200 else None) != LEADS_TO.get(
                operation.key, (200, None)
            ):
                wrong.append((operation.key, status, body))
    assert wrong == []
    assert {key.removeprefix("GET /v1/permits/").partition("/{")[0] for key in empty} == NONE_THERE
    assert tried > 55


NONE_THERE = {
    *(
        "alert-periods",
        "application-drafts",
        "application-sheets/corrections",
        "application-sheets/drafts",
        "attachments",
        "certificate-replacements",
        "disclosure/permits",
    ),
    *("drafts", "endings", "tax-declarations", "violations", "withholdings"),
}
"""What the sample city has none of for the first who may read it; of its public permits none has a document yet."""
LEADS_TO = {
    "GET /v1/permits/obligations/samplings": (400, "permit_number_needed"),
    "GET /v1/permits/permits/{permit_number}/comparison": (404, "permit_not_found"),
    "GET /v1/permits/ledger/{permit_number}/entries/{entry_id}": (404, "record_not_found"),
    "GET /v1/permits/ledger/{permit_number}/batches/{batch_id}": (404, "batch_not_found"),
    "GET /v1/permits/monitoring/{permit_number}/records/{record_id}": (404, "record_not_found"),
    "GET /v1/permits/monitoring/{permit_number}/batches/{batch_id}": (404, "batch_not_found"),
    "GET /v1/permits/performance/permits/{permit_number}/measures": (404, "no_alert"),
    "GET /v1/permits/disclosure/receipts/{receipt_id}": (404, "receipt_not_found"),
    "GET /v1/permits/disclosure/documents/{document_id}": (404, "document_not_found"),
}
"""Reads of what no list leads to in one call (a row of one permit's book, a second version, a day of an alert, what is
printed on a receipt): the page sends its example, and the answer says what is missing. Their guides show them whole."""


def fill_required(here: Visit, operation: Operation) -> None:
    """Required queries have no list to be taken from: any entry and any two sizes of the log will do."""
    values = {"index": "0", "size": "2", "from": "1", "to": "2"}
    for parameter in operation.parameters:
        if parameter.place == "query" and parameter.required:
            here.page.fill(f"[data-name={parameter.name}]", values[parameter.name])


@pytest.mark.parametrize("key", WRITERS)
def test_a_sample_body_is_accepted(visit: Visiting, origin: tuple[str, str, str], key: str) -> None:
    method, _, path = key.partition(" ")
    service = path.split("/")[2]
    here = visit()
    page = here.open(f"/docs/zh/reference/{service}/{slug_of(method, path, service)}")
    login = WRITERS[key]
    otp = sample_code({"STEPPE_HOME": origin[2]}, login) if login == APPROVER else ""
    here.sign_in(login, origin[1], otp=otp)
    assert prepare(page)
    fill = page.locator("[data-places]")
    if fill.count():
        fill.click()
        expect(page.locator("#in-body")).not_to_have_value(re.compile(r"\{\{"))
    status, body = send(page)
    assert status == 201, body
    again, same = send(page)
    assert (again, same) == (201, body)  # the same Idempotency-Key: done once, answered alike


def test_a_refusal_is_shown_with_its_code_in_the_readers_language(visit: Visiting) -> None:
    page = visit().open("/docs/zh/reference/permits/get-permits")
    status, body = send(page)
    assert (status, body["code"], body["title"]) == (401, "unauthorized", "未登录或凭证无效")
    assert page.locator("#result-status").get_attribute("class") == "bad"


def test_a_wrong_password_is_said_and_the_token_ends_with_the_tab(
    visit: Visiting, origin: tuple[str, str, str]
) -> None:
    here = visit()
    page = here.open("/docs/en/reference/gateway/get-auth-me")
    page.click("#session")
    page.fill("#sign-in-form [name=username]", "clerk01")
    page.fill("#sign-in-form [name=password]", "wrong wrong wrong")
    page.click("#sign-in-form [type=submit]")
    expect(page.locator("#sign-in-form .failure")).to_be_visible()
    assert "Wrong name or password" in page.locator("#sign-in-form .failure").inner_text()
    page.keyboard.press("Escape")
    here.sign_in("clerk01", origin[1])
    assert send(page)[1]["name"]
    assert page.evaluate("Object.keys(localStorage).length + document.cookie.length") == 0
    page.click("#session")
    page.click("#sign-out")
    assert send(page)[0] == 401
