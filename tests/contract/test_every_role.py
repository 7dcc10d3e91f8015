"""Every operation, called as each role: no 500, no answer against its schema, no status that is not documented."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from gateway.identity.rules import ROLE_SCOPES
from gateway.policy.loading import load
from gateway.policy.rules import Verdict, decide
from services.kit.auth import Principal
from tests.support.attack import Attack, operations_of
from tests.support.inhabited import Inhabited, inhabit
from tests.support.town import Town

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
async def document(town: Town) -> dict[str, Any]:
    while True:  # a service that is slow to answer is left out of the document
        found: dict[str, Any] = (await town.public.get("/openapi.json")).json()
        if "x-steppe-missing-services" not in found:
            return found


@pytest.fixture(scope="module")
def operations(document: dict[str, Any]) -> list[Any]:
    return operations_of(document)


@pytest.fixture(scope="module")
async def inhabited(town: Town, document: dict[str, Any]) -> Inhabited:
    return await inhabit(town, document)


@pytest.mark.parametrize("role", ROLES)
async def test_the_document_is_kept(
    role: str, town: Town, operations: list[Any], inhabited: Inhabited
) -> None:
    policy = load()
    headers: dict[str, str] = {}
    principal: Principal | None = None
    if role != "public":
        usccs = [] if role in BUREAU else [inhabited.uscc]
        caller = await town.caller(f"fuzz.{role}.{town.new_uscc().lower()}", roles=[role], usccs=usccs)
        headers = {name: value for name, value in caller.http.headers.items() if name != "user-agent"}
        principal = Principal(role, role, roles=(role,), scopes=ROLE_SCOPES[role])

    def may(method: str, path: str) -> bool:
        return decide(policy.match(method, path.encode()), principal) is Verdict.ALLOWED

    attack = Attack(town.stack.gateway, operations, headers, inhabited.known, may)
    await asyncio.to_thread(attack.run)
    assert not attack.failures, "\n".join(attack.failures)
    assert attack.statuses.get(200, 0) >= 4, attack.statuses
    assert attack.statuses.get(401, 0) < sum(attack.statuses.values()) / 2, attack.statuses
