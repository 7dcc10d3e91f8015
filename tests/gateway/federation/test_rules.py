"""What a foreign token must say, and whom it makes of its bearer."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.federation.rules import NEVER_GIVEN, Refused, check_claims, person_of
from gateway.identity.rules import ROLE_SCOPES
from tests.gateway.federation.issuer import AUDIENCE, claims, configured

ISSUER = configured("https://sso.province.example/jwks.json")
NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
MOMENT = int(NOW.timestamp())


def given_claims(**changes: Any) -> dict[str, Any]:
    return claims(**{"iat": MOMENT, "exp": MOMENT + 300, **changes})


def reason(payload: dict[str, Any]) -> str | None:
    try:
        check_claims(payload, ISSUER, now=NOW)
        person_of(payload, ISSUER)
    except Refused as refused:
        return refused.reason
    return None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"aud": [AUDIENCE]}, None),
        ({"aud": ["other", AUDIENCE], "azp": AUDIENCE}, None),
        ({"nbf": MOMENT}, None),
        ({"iss": "https://sso.province.example/"}, "unknown_issuer"),
        ({"iss": ...}, "unknown_issuer"),
        ({"aud": "other"}, "wrong_audience"),
        ({"aud": ...}, "wrong_audience"),
        ({"aud": {AUDIENCE: 1}}, "wrong_audience"),
        ({"aud": AUDIENCE, "azp": "other"}, "wrong_audience"),
        ({"exp": MOMENT - 30}, "token_expired"),
        ({"exp": MOMENT - 29}, None),
        ({"nbf": MOMENT + 31}, "token_not_yet_valid"),
        ({"nbf": MOMENT + 30}, None),
        ({"iat": MOMENT + 31}, "token_not_yet_valid"),
        ({"iat": MOMENT - 3631}, "token_too_old"),
        ({"iat": MOMENT - 3629}, None),
        *(({name: value}, "bad_claim") for name in ("iat", "exp") for value in (..., "1", True, None, -1)),
        *(({"exp": value}, "bad_claim") for value in (1e300, math.inf, math.nan, [])),
        ({"sub": ...}, "bad_claim"),
        ({"sub": ""}, "bad_claim"),
        ({"sub": "a\x00b"}, "bad_claim"),
        ({"sub": "\ud800"}, "bad_claim"),
        ({"sub": 7}, "bad_claim"),
        ({"name": "x" * 201}, "bad_claim"),
        ({"name": ...}, None),
        ({"groups": ...}, "no_role"),
        ({"groups": []}, "no_role"),
        ({"groups": "eco-reviewer"}, None),
        ({"groups": ["reviewer", "administrator"]}, "no_role"),
        ({"groups": [["eco-reviewer"]]}, "bad_claim"),
        ({"groups": ["x"] * 201}, "bad_claim"),
        ({"groups": ["eco-approver"]}, "second_factor_required"),
        ({"groups": ["eco-approver", "eco-reviewer"]}, "second_factor_required"),
        ({"groups": ["eco-approver"], "amr": ["pwd"]}, "second_factor_required"),
        ({"groups": ["eco-approver"], "amr": "otp"}, "second_factor_required"),
        ({"groups": ["eco-approver"], "acr": "urn:province:loa2"}, "second_factor_required"),
        ({"groups": ["eco-approver"], "amr": ["pwd", "otp"]}, None),
        ({"groups": ["eco-approver"], "acr": "urn:province:loa3"}, None),
    ],
)
def test_a_token_is_taken_or_refused_for_a_reason(changes: dict[str, Any], expected: str | None) -> None:
    assert reason(given_claims(**changes)) == expected


def test_a_person_is_what_the_configuration_maps_and_nothing_else() -> None:
    person = person_of(given_claims(dept="07", every_enterprise=True, scope="permits:approve"), ISSUER)
    assert (person.roles, person.department, person.usccs) == (("reviewer",), "water", ())
    assert person_of(given_claims(dept="99"), ISSUER).department == "99"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["iss", "aud", "azp", "exp", "iat", "nbf", "sub", "name", "groups", "org_codes", "dept", "acr", "amr"]
)


@given(st.dictionaries(NAMES, JSON, max_size=6))
def test_any_claims_are_judged_and_nobody_gets_a_role_that_is_not_mapped(changes: dict[str, Any]) -> None:
    payload = given_claims(**changes)
    try:
        check_claims(payload, ISSUER, now=NOW)
        person = person_of(payload, ISSUER)
    except Refused:
        return
    assert set(person.roles) <= set(ISSUER.roles.values())
    assert not NEVER_GIVEN.intersection(person.roles)
    assert set(person.roles) <= set(ROLE_SCOPES)


@given(st.integers(min_value=0, max_value=300), st.integers(min_value=-400, max_value=400))
def test_leeway_is_given_on_both_sides_and_not_more(leeway: int, distance: int) -> None:
    issuer = configured("https://sso.province.example/jwks.json", leeway_seconds=leeway)
    at = NOW + timedelta(seconds=distance)
    payload = given_claims(iat=MOMENT, exp=MOMENT + 1)
    reason = None
    try:
        check_claims(payload, issuer, now=at)
    except Refused as refused:
        reason = refused.reason
    expected = "token_expired" if distance >= 1 + leeway else None
    assert reason == ("token_not_yet_valid" if distance < -leeway else expected)
