"""The sample bodies of the portal, sent as they stand against the sample city: each does what it says."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from gateway.policy.loading import load as load_policy
from gateway.portal import samples
from infra.local.banner import sample_password
from tests.support.homes import sample_stack
from tests.support.trying import Trying
from tests.support.writers import SIGN_IN, WRITERS

pytestmark = pytest.mark.stack

SUCCEED = {"gateway": 15, "permits": 100, "waste": 15, "credit": 8, "emergency": 13}
"""How many operations of each service have a sample body that succeeds: it may only grow."""
_SECRET = "it takes or makes a secret of the caller's own"
WITHOUT = {
    "POST /authorize": "a form of the sign-in page, not of the API",
    "PUT /v1/auth/password": _SECRET,
    "PUT /v1/auth/second-factor": _SECRET,
    "PUT /v1/auth/second-factor/confirmation": _SECRET,
    "POST /v1/delegations/answers": _SECRET,
    "POST /v1/delegations/registrations": _SECRET,
    "POST /v1/permits/exceedance-confirmations": "no list says which report exceeds a limit",
    "POST /v1/permits/endings/{ending_id}/hearing-record": "a hearing is announced a week before it is held",
    "POST /v1/credit/rule-packs": "the one pack that there is has been published",
}
"""The writes without a sample body, and what stands in the way of one."""


@pytest.fixture(scope="module")
def trying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trying]:
    environ = {**os.environ, "STEPPE_GATEWAY_LIMITS_SCALE": "50"}
    with sample_stack(tmp_path_factory, environ=environ) as stack:
        made = Trying(stack.gateway_url, sample_password(stack.home / "secrets"), str(stack.home))
        yield made
        made.close()


def test_every_sample_body_is_accepted_and_no_fewer_than_before(trying: Trying) -> None:
    services = {route.key: route.service for route in load_policy()}
    came_of_it = dict(trying.tried(WRITERS))
    assert {key: said for key, said in came_of_it.items() if said not in ("200", "201")} == {}
    counted = dict.fromkeys(SUCCEED, 0)
    for key in came_of_it:
        counted[services[key]] += 1
    assert {name: count for name, count in counted.items() if count < SUCCEED[name]} == {}


def test_every_write_has_a_sample_body_or_a_reason_for_none() -> None:
    writes = {route.key for route in load_policy() if route.key.startswith(("POST ", "PUT ", "PATCH "))}
    assert writes - samples.load().bodies.keys() == WITHOUT.keys()


def test_every_sample_body_is_of_an_operation_and_every_list_is_used() -> None:
    known, keys = samples.load(), {route.key for route in load_policy()}
    assert set(known.bodies) - {SIGN_IN} <= keys
    assert {key.partition("#")[0] for key in known.lists if "#" in key} <= keys
