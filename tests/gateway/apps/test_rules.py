"""What an app may be registered with and ask for."""

from __future__ import annotations

import string
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.apps.rules import (
    Asked,
    Fault,
    answered,
    challenge_of,
    fault_of,
    form_target,
    may_be_given,
    proves,
    redirect_fault,
)
from gateway.identity.rules import ALL_SCOPES

CHALLENGE = challenge_of("v" * 43)
VERIFIERS = st.text(alphabet=string.ascii_letters + string.digits + "-._~", min_size=43, max_size=128)


def asked(**changes: object) -> Asked:
    good = {
        "response_type": "code",
        "scopes": frozenset({"permits:read"}),
        "state": "xyz",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    return Asked(**{**good, **changes})  # type: ignore[arg-type]


def test_rfc_7636_appendix_b() -> None:
    assert (
        challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


@given(VERIFIERS, VERIFIERS)
def test_one_verifier_proves_one_challenge(one: str, other: str) -> None:
    assert proves(one, challenge_of(one))
    assert proves(other, challenge_of(one)) is (one == other)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, None),
        ({"state": None}, None),
        ({"response_type": "token"}, Fault.UNSUPPORTED_RESPONSE_TYPE),
        ({"response_type": ""}, Fault.UNSUPPORTED_RESPONSE_TYPE),
        ({"code_challenge": ""}, Fault.INVALID_REQUEST),
        ({"code_challenge_method": "plain"}, Fault.INVALID_REQUEST),
        ({"code_challenge_method": ""}, Fault.INVALID_REQUEST),
        ({"code_challenge": CHALLENGE + "A"}, Fault.INVALID_REQUEST),
        ({"code_challenge": CHALLENGE[:-1] + "="}, Fault.INVALID_REQUEST),
        ({"state": "two words"}, Fault.INVALID_REQUEST),
        ({"scopes": frozenset()}, Fault.INVALID_SCOPE),
        ({"scopes": frozenset({"permits:read", "credit:read"})}, Fault.INVALID_SCOPE),
    ],
)
def test_what_is_asked_for_is_judged(changes: dict[str, object], fault: Fault | None) -> None:
    assert fault_of(asked(**changes), ["permits:read", "permits:file"]) is fault


@pytest.mark.parametrize(
    "uri",
    [
        *("https://app.example/back", "https://app.example:8443/back?a=1", "http://127.0.0.1:5000/back"),
        *("http://[::1]/back", "cn.example.app:/back", "cn.example.app://back"),
    ],
)
def test_good_addresses_to_return_to(uri: str) -> None:
    assert redirect_fault(uri) is None


@pytest.mark.parametrize(
    "uri",
    [
        *("", "http://app.example/back", "http://localhost/back", "https:///back", "https://app.example/#x"),
        *("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "app:/back", "//app.example/"),
        *("https://a@app.example/", "https://a:b@app.example/", "https://app.example/ x", "https://例.cn/"),
        *("https://app.example\\@evil.example/", "https://[bad/", "https://app.example:x/", "x" * 513),
        *("http://127.0.0.1.evil.example/", "http://0.0.0.0/", "https://app.example/\n"),
    ],
)
def test_bad_addresses_to_return_to(uri: str) -> None:
    assert redirect_fault(uri) is not None


@given(st.text(max_size=600))
def test_any_text_is_an_address_or_it_is_said_why_not(uri: str) -> None:
    redirect_fault(uri)


@pytest.mark.parametrize("uri", ["https://app.example/back", "https://app.example/back?a=1&b=%2F"])
@given(value=st.text(max_size=40))
def test_an_answer_is_added_to_what_the_address_has(uri: str, value: str) -> None:
    made = urlsplit(answered(uri, code=value, state=None))
    assert parse_qsl(made.query, keep_blank_values=True) == [
        *parse_qsl(urlsplit(uri).query, keep_blank_values=True),
        ("code", value),
    ]
    assert (made.scheme, made.netloc, made.path) == ("https", "app.example", "/back")


def test_the_page_may_lead_where_the_app_is_and_nowhere_else() -> None:
    assert form_target("https://app.example:8443/a/b?c") == "https://app.example:8443"
    assert form_target("cn.example.app:/back") == "cn.example.app:"


def test_no_app_administers_decides_or_hands_on() -> None:
    given_ = {scope for scope in ALL_SCOPES if may_be_given(scope)}
    assert {"permits:read", "permits:file", "permits:submit", "events:read", "waste:scan"} <= given_
    refused = {"accounts:manage", "audit:read", "endings:read", "delegations:manage", "delegations:accept"}
    assert (
        refused | {"devices:manage", "permits:approve", "permits:review", "credit:approve"}
        <= ALL_SCOPES - given_
    )
