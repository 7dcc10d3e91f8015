"""A document of which one member cannot be read is refused for that, and the rules are asked about the rest of it.

Every write that takes a document is sent one that is right, with each member in turn null or of another type. The rules
that are asked about the rest see neutral values in its place (`services.kit.salvage`): none of them may fail.
"""

from __future__ import annotations

import copy
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from gateway.identity.rules import ALL_SCOPES
from gateway.policy.loading import load
from gateway.policy.rules import AUDIENCE_OF_ROLE
from services.kit.ids import new_id
from services.kit.reading import PURPOSE_HEADER
from tests.contract.endpoints import Place
from tests.contract.tokens import claims, signed
from tests.support.prey import Prey, make_prey
from tests.support.stack import SERVICES
from tests.support.town import Town

pytestmark = pytest.mark.hunt
WRONG = (None, -1, {"": None})
"""Of no member's type, but for those that may be null: these are left out then."""
WRITES = [route for route in load() if route.method == "POST"]


@pytest.fixture(scope="module")
async def prey(town: Town) -> Prey:
    return await make_prey(town)


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Every member of a document; of a list its first item only."""
    members = value.items() if isinstance(value, dict) else enumerate(value[:1])
    for name, member in members:
        yield (*at, name)
        if isinstance(member, dict | list):
            yield from places(member, (*at, name))


def spoiled(document: dict[str, Any], place: Place, value: Any) -> dict[str, Any]:
    made = copy.deepcopy(document)
    holder: Any = made
    for part in place[:-1]:
        holder = holder[part]
    holder[place[-1]] = value
    return made


@pytest.mark.parametrize("service", SERVICES)
async def test_no_rule_fails_for_a_member_that_cannot_be_read(town: Town, prey: Prey, service: str) -> None:
    subject, client, failed, tried = str(uuid.uuid4()), await town.direct(service), [], 0
    strongest = {
        **{"sub": subject, "client_id": subject, "every_enterprise": True},
        **{"roles": sorted(AUDIENCE_OF_ROLE), "scope": " ".join(sorted(ALL_SCOPES))},
    }
    named = {name: values[0] for name, values in prey.named.items() if values}
    for route in WRITES:
        document = prey.documents.get(route.key)
        if route.service != service or not isinstance(document, dict):
            continue
        path = route.template.replace(":path}", "}").format_map(named)
        token = signed(town, claims(town, prey.holder, **strongest, iat=int(time.time())))
        headers = {"Authorization": f"Bearer {token}", "If-Match": "*", PURPOSE_HEADER: "supervision"}
        cases = [(place, wrong) for place in places(document) for wrong in WRONG]
        for place, wrong in cases:
            sent = spoiled(document, place, wrong)
            answer = await client.post(path, json=sent, headers={**headers, "Idempotency-Key": str(new_id())})
            tried += 1
            if answer.status_code >= 500:
                failed.append((route.key, place, wrong))
    assert (failed, tried > 0) == ([], True)
