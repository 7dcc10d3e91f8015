"""Every operation, called as each role: no 500, no answer against its schema, no status that is not documented."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any
from zlib import crc32

import pytest

from gateway.identity.rules import ROLE_SCOPES
from gateway.policy.loading import load
from gateway.policy.rules import Audience, Verdict, decide
from services.kit.auth import Principal
from tests.support.attack import Plan, attack, learn
from tests.support.inhabited import Inhabited, inhabit
from tests.support.town import Town

pytestmark = pytest.mark.hunt
ROLES = ("public", *sorted(ROLE_SCOPES))
BUREAU = (
    "clerk",
    "reviewer",
    "approver",
    "inspector",
    "duty_officer",
    "storekeeper",
    "administrator",
    "auditor",
)


@pytest.fixture(scope="module")
def attacker(document: dict[str, Any]) -> Iterator[ProcessPoolExecutor]:
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawning, initializer=learn, initargs=(document,)) as process:
        yield process


@pytest.fixture(scope="module")
async def inhabited(town: Town, document: dict[str, Any]) -> Inhabited:
    return await inhabit(town, document)


def allowed(role: str) -> set[str]:
    """The operations that the policy lets this role call."""
    caller = None if role == "public" else Principal(role, role, roles=(role,), scopes=ROLE_SCOPES[role])
    return {route.key.replace(":path", "") for route in load() if decide(route, caller) is Verdict.ALLOWED}


def plan(role: str, labels: set[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Right calls of all that the role may and of a tenth of what it may not; wrong ones by one role an operation."""
    may = {each: allowed(each) for each in ROLES}
    refused = {label for label in labels - may[role] if crc32(f"{role} {label}".encode()) % 10 == 0}
    wrong = set()
    for label in labels & may[role]:
        callers = [each for each in ROLES if label in may[each]]
        if callers[crc32(label.encode()) % len(callers)] == role:
            wrong.add(label)
    return frozenset(labels & may[role] | refused), frozenset(wrong)


@pytest.mark.parametrize("role", ROLES)
async def test_the_document_is_kept(
    role: str, town: Town, document: dict[str, Any], attacker: ProcessPoolExecutor, inhabited: Inhabited
) -> None:
    headers: dict[str, str] = {}
    if role != "public":
        usccs = [] if role in BUREAU else [inhabited.uscc]
        caller = await town.caller(f"fuzz.{role}.{town.new_uscc().lower()}", roles=[role], usccs=usccs)
        headers = {name: value for name, value in caller.http.headers.items() if name != "user-agent"}
    labels = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item}
    right, wrong = plan(role, labels)
    tried = Plan(town.stack.gateway, headers, dict(inhabited.known), right, wrong)
    outcome = await asyncio.get_running_loop().run_in_executor(attacker, attack, tried)
    assert not outcome.failures, "\n".join(outcome.failures)
    assert outcome.statuses[200] >= 4, outcome.statuses
    assert outcome.statuses[401] < outcome.statuses.total() / 2, outcome.statuses


def test_every_operation_is_called_rightly_and_wrongly(document: dict[str, Any]) -> None:
    labels = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item}
    right, wrong = zip(*(plan(role, labels) for role in ROLES), strict=True)
    of_systems = {
        route.key for route in load() if route.audience == {Audience.SYSTEM}
    }  # no person calls them
    assert frozenset().union(*right) == labels
    assert frozenset().union(*wrong) == labels - of_systems
