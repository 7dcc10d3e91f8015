"""The sample bodies of the portal, sent as they stand against the sample city: each does what it says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.policy.loading import load as load_policy
from gateway.portal import samples
from infra.local.banner import sample_password
from infra.local.postgres import THROWAWAY_SETTINGS
from infra.local.stack import running_stack
from tests.support.trying import Trying
from tests.support.writers import SIGN_IN, WRITERS

pytestmark = pytest.mark.stack

SUCCEED = {"gateway": 11, "permits": 78, "waste": 14, "credit": 7, "emergency": 13}
"""How many operations of each service have a sample body that succeeds: it may only grow."""


@pytest.fixture(scope="module")
def trying(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trying]:
    home = tmp_path_factory.mktemp("home")
    environ = {**os.environ, "STEPPE_GATEWAY_LIMITS_SCALE": "50"}
    with running_stack(home, sample=True, environ=environ, settings=THROWAWAY_SETTINGS) as stack:
        made = Trying(
            stack.environment["STEPPE_GATEWAY_URL"], sample_password(Path(home) / "secrets"), str(home)
        )
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


def test_every_sample_body_is_of_an_operation_and_every_list_is_used() -> None:
    known, keys = samples.load(), {route.key for route in load_policy()}
    assert set(known.bodies) - {SIGN_IN} <= keys
    assert {key.partition("#")[0] for key in known.lists if "#" in key} <= keys
