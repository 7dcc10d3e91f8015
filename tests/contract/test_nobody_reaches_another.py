"""Nobody reaches another enterprise's rows, whatever roles and scopes stand in a token that is good.

The strongest caller of enterprise B (every role, every scope) asks every route for everything of enterprise A, through
the gateway and past it; hypothesis then draws weaker and odder ones. What B gets must not name A, and A's rows must be
what they were. `OPEN` says what is meant to be seen, and by which rule.
"""

from __future__ import annotations

import asyncio
import itertools
import re
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import make_url

from gateway.identity.rules import ALL_SCOPES, RESTRICTED
from gateway.policy.loading import load
from gateway.policy.rules import AUDIENCE_OF_ROLE, Audience, RoutePolicy, audiences_of
from services.kit.ids import new_id
from services.kit.reading import PURPOSE_HEADER
from tests.contract.tokens import claims, signed
from tests.support.files import File
from tests.support.prey import Prey, make_prey
from tests.support.stack import SERVICES
from tests.support.town import Holder, Town
from tests.support.waste import WasteTown

pytestmark = pytest.mark.hunt
ROLES = sorted({*AUDIENCE_OF_ROLE, RESTRICTED})
OPEN = {
    "GET /v1/waste/licences": "经营许可证 are announced (Order 408 art. 14): who ships has to find who may receive",
    "GET /v1/waste/licences/{licence_number:path}": "the same",
    "POST /v1/permits/amounts": "about no enterprise: it works out what is stated in it",
    "POST /v1/permits/classifications": "about no enterprise: it weighs stated facts against a published order",
    "POST /v1/delegations/answers": "who was given the one-time code answers the invitation",
    "GET /v1/credit/statements/{statement_id}": "who was given its address reads it: that is how it is shown",
}
ALWAYS = {"GET /v1/permits/permits/{permit_number}/comparison": "?from=1&to=1"}
"""What a route is always asked with."""
WITHOUT_PREY = {
    "GET /v1/waste/notices",
    "GET /v1/permits/obligations/samplings",
    "GET /v1/permits/obligations/samplings/notices",
    "GET /v1/permits/ledger/completeness",
    "GET /v1/permits/applications/overdue",
    "GET /v1/permits/endings/awaiting-cancellation",
    *(f"GET /v1/permits/radar/{name}" for name in ("renewals", "uncovered", "coverage", "completion")),
    *(f"GET /v1/{name}/events" for name in SERVICES),
}
"""Lists that may hold nothing of the prey: it has no such record (its permit holds for years), or all was announced."""
NOT_OF_ENTERPRISES = ("/v1/auth/", "/v1/accounts", "/v1/departments")
REFUSED = {"POST /v1/delegations": 422, "POST /v1/devices": 422}
"""Refused by a finding, not as missing: whoever invites, or registers, names the enterprise itself."""
BY_ITEM = {
    *(f"POST /v1/permits/sheets/{name}" for name in ("checks", "drafts", "reports")),
    "POST /v1/permits/drafts/signatures",
    "POST /v1/permits/application-drafts/signatures",
}
"""Answered with a result for each report or draft: of what is somebody else's, that there is none."""
FUZZ = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
LOGS = ("audit_log", "read_log", "idempotency_key", "alembic_version")
"""Logs of what was asked: they may grow by it."""


def routes() -> Iterator[RoutePolicy]:
    """Every route that is not public, but for those about oneself and the administration of accounts.

    An administrator manages all accounts of the city by definition, and belongs to no enterprise.
    """
    for route in load():
        if not route.public and not route.template.startswith(NOT_OF_ENTERPRISES):
            yield route


GUARDED = [route for route in routes() if route.key not in OPEN]


@dataclass(frozen=True)
class Hunt:
    """The prey, a hunter's own enterprise, and what the lists can be filtered by."""

    town: Town
    prey: Prey
    hunter: Holder
    filters: dict[str, list[str]]
    announced: frozenset[str]
    """Types of events that every signed-in caller may read."""
    positions: dict[str, int]
    """Where each feed stood before the prey was made."""

    def token(self, roles: list[str], scopes: list[str], **changes: Any) -> str:
        subject = str(
            uuid.uuid4()
        )  # its own client: with another one it were an app that somebody signed in to
        made = claims(
            self.town,
            self.hunter,
            **{"sub": subject, "client_id": subject, "roles": roles, "scope": " ".join(scopes), **changes},
        )
        return signed(self.town, {**made, "iat": int(time.time())})

    def targets(self, route: RoutePolicy) -> list[str]:
        """The route's path for each thing of the prey that its variables may name; filters added to lists."""
        names = re.findall(r"\{(\w+)(?::path)?\}", route.template)
        values = [self.prey.named[name] or ["1"] for name in names]
        if route.template.endswith("/events"):
            return [f"{route.template}?limit=1000&after={self.positions[route.service]}"]
        template = route.template.replace(":path}", "}")
        paths = [
            template.format(**dict(zip(names, each, strict=True))) for each in itertools.product(*values)
        ]
        given_filters = [name for name in self.filters.get(route.key, []) if self.prey.named[name]]
        given = ALWAYS.get(route.key, "")
        queries = [given, *(f"?{name}={self.prey.named[name][0]}" for name in given_filters)]
        return [path + query for path in paths for query in (queries if route.method == "GET" else [""])]

    async def asks(
        self, client: httpx.AsyncClient, route: RoutePolicy, target: str, token: str
    ) -> httpx.Response:
        headers = {
            "Authorization": f"Bearer {token}",
            "Idempotency-Key": str(new_id()),
            "If-Match": "*",
            PURPOSE_HEADER: "supervision",
        }
        document = self.prey.documents.get(route.key)
        if isinstance(document, File):
            headers["Content-Type"] = document.media_type
            path = target + document.query
            return await client.request(route.method, path, headers=headers, content=document.content)
        body = {"json": document} if route.key in self.prey.documents else {}
        return await client.request(route.method, target, headers=headers, **body)

    def reached(self, route: RoutePolicy, answer: httpx.Response, target: str) -> list[str]:
        """What of the prey an answer shows. A refusal may repeat what was asked for."""
        if answer.status_code == 304 or answer.status_code >= 400:
            return []
        text = answer.text + str(answer.headers)  # a file says in its headers what it is
        if route.template.endswith("/events"):
            text = str([each for each in answer.json() if each["type"] not in self.announced])
        return [mark for mark in self.prey.marks if mark in text]


@pytest.fixture(scope="module")
async def hunt(town: Town, document: dict[str, Any]) -> Hunt:
    filters = {
        f"{method.upper()} {path}": [
            each["name"] for each in operation.get("parameters", []) if each["in"] == "query"
        ]
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    announced = {each["name"] for each in document["x-steppe-events"] if each["readers"] == "public"}
    hunter, positions = await town.holder(), {name: await position(town, name) for name in SERVICES}
    return Hunt(town, await make_prey(town), hunter, filters, frozenset(announced), positions)


async def position(town: Town, service: str) -> int:
    found: int = (await fetched(town, service, "SELECT coalesce(max(position), 0) FROM event_log"))[0][0]
    return found


async def fetched(town: Town, service: str, statement: str, *values: Any) -> list[Any]:
    """Rows of a service's database."""
    url = make_url(town.stack.databases[service]).set(drivername="postgresql")
    connection = await asyncpg.connect(url.render_as_string(hide_password=False))
    try:
        return list(await connection.fetch(statement, *values))
    finally:
        await connection.close()


@pytest.fixture(scope="module")
async def clients(town: Town) -> dict[str, httpx.AsyncClient]:
    """By service, and the gateway; the hunter's token is given with each call."""
    return {"gateway": town.public, **{name: await town.direct(name) for name in SERVICES}}


async def rows_of(town: Town, marks: list[str]) -> dict[str, tuple[int, str]]:
    """Number and digest of the rows that name one of `marks`, by table of each service."""
    found: dict[str, tuple[int, str]] = {}
    patterns = [f"%{mark}%" for mark in marks]
    for service in (*SERVICES, "gateway"):
        tables = await fetched(town, service, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in tables:
            if table not in LOGS:
                ((number, digest),) = await fetched(
                    town,
                    service,
                    f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"  # noqa: S608
                    " WHERE t::text LIKE ANY($1)",
                    patterns,
                )
                found[f"{service}.{table}"] = (number, digest or "")
    return found


async def numbered(town: Town) -> None:
    """Waits until every event has its place in its feed: that is the only change that a row of the log sees."""
    for service in SERVICES:
        while (await fetched(town, service, "SELECT count(*) FROM event_log WHERE position IS NULL"))[0][0]:
            await asyncio.sleep(0.02)


@pytest.fixture(scope="module", autouse=True)
async def unharmed(hunt: Hunt) -> AsyncIterator[None]:
    """After everything that was tried the prey's rows are what they were."""
    await numbered(hunt.town)
    before = await rows_of(hunt.town, hunt.prey.marks)
    yield
    after = await rows_of(hunt.town, hunt.prey.marks)
    assert {name for name in before if before[name] != after[name]} == set()
    assert sum(count for count, _ in before.values()) > 50


@pytest.mark.parametrize("past", [False, True], ids=["gateway", "direct"])
@pytest.mark.parametrize("route", GUARDED, ids=lambda route: route.key)
async def test_the_strongest_caller_of_another_enterprise_reaches_nothing(
    hunt: Hunt, clients: dict[str, httpx.AsyncClient], route: RoutePolicy, *, past: bool
) -> None:
    if past and route.service == "gateway":
        return
    token = hunt.token(ROLES, sorted(ALL_SCOPES))
    client = clients[route.service if past else "gateway"]
    for target in hunt.targets(route):
        answer = await hunt.asks(client, route, target, token)
        assert answer.status_code < 500, (target, answer.text)
        assert hunt.reached(route, answer, target) == [], (target, answer.status_code, answer.text)
        if route.key in hunt.prey.documents:  # and not because the document is wrong
            expected = (403, 404, 409, REFUSED.get(route.key))
            assert answer.status_code in expected or took_nothing(route, answer), (target, answer.text)


def took_nothing(route: RoutePolicy, answer: httpx.Response) -> bool:
    """Whether an answer item by item says that there is nothing of what was named."""
    body = answer.json() if route.key in BY_ITEM and answer.status_code == 200 else {}
    return bool(body) and body.get("accepted", body.get("acceptable")) == 0


@FUZZ
@given(
    route=st.sampled_from(GUARDED),
    roles=st.lists(st.sampled_from(ROLES), unique=True, max_size=4),
    scopes=st.one_of(
        st.just(sorted(ALL_SCOPES)), st.lists(st.sampled_from(sorted(ALL_SCOPES)), unique=True, max_size=6)
    ),
    usccs=st.sampled_from(["own", "none"]),
    more=st.fixed_dictionaries(
        {},
        optional={
            "sites": st.sampled_from([[], ["S1"]]),
            "acting_for": st.just("01976b7c-0000-7000-8000-000000000001.1"),
            "every_enterprise": st.sampled_from([False, "true", 1, None]),
        },
    ),
    which=st.integers(0, 10_000),
)
async def test_no_combination_of_roles_and_scopes_reaches_another_enterprise(
    hunt: Hunt,
    clients: dict[str, httpx.AsyncClient],
    route: RoutePolicy,
    roles: list[str],
    scopes: list[str],
    usccs: str,
    more: dict[str, Any],
    which: int,
) -> None:
    targets = hunt.targets(route)
    target = targets[which % len(targets)]
    # Who has a role of the bureau and belongs to no enterprise is the bureau.
    of_the_city = audiences_of(tuple(roles)) & {Audience.BUREAU, Audience.SYSTEM}
    owned = [hunt.hunter.uscc] if usccs == "own" or of_the_city else []
    token = hunt.token(roles, scopes, usccs=owned, **more)
    answer = await hunt.asks(clients["gateway"], route, target, token)
    assert answer.status_code < 500, answer.text
    assert hunt.reached(route, answer, target) == [], (target, roles, scopes, usccs, more, answer.text)
    if route.key in hunt.prey.documents:
        assert answer.status_code >= 400 or took_nothing(route, answer), (target, answer.text)


class TestTheHuntCanSucceed:
    """A test that cannot fail proves nothing: the same calls by those who may do reach the prey."""

    async def test_the_owner_reaches_what_the_hunter_does_not(
        self, hunt: Hunt, clients: dict[str, httpx.AsyncClient]
    ) -> None:
        token = hunt.token(
            ["enterprise", "carrier", "receiver", "hospital"], sorted(ALL_SCOPES), usccs=hunt.prey.usccs
        )
        reached = await self.reached(hunt, clients, token)
        assert {route.partition(" ")[2].split("/")[2] for route in reached} >= {"permits", "waste", "credit"}
        assert len(reached) >= 25

    async def test_the_bureau_reaches_every_kind_of_record(
        self, hunt: Hunt, clients: dict[str, httpx.AsyncClient]
    ) -> None:
        token = hunt.token(["inspector", "clerk"], sorted(ALL_SCOPES), usccs=[], every_enterprise=True)
        reached = await self.reached(hunt, clients, token)
        wanted = {route.key for route in GUARDED if route.method == "GET" and route.unpublished}
        assert wanted - reached <= WITHOUT_PREY

    async def reached(self, hunt: Hunt, clients: dict[str, httpx.AsyncClient], token: str) -> set[str]:
        found = set()
        for route in GUARDED:
            for target in hunt.targets(route) if route.method == "GET" else ():
                answer = await hunt.asks(clients["gateway"], route, target, token)
                if hunt.reached(route, answer, target):
                    found.add(route.key)
        return found

    def test_every_write_about_an_enterprise_has_its_document(self, hunt: Hunt) -> None:
        writes = {route.key for route in GUARDED if route.method != "GET" and route.service != "emergency"}
        assert writes - hunt.prey.documents.keys() <= {"POST /v1/credit/rule-packs"}

    async def test_a_changed_row_is_noticed(self, hunt: Hunt) -> None:
        unit = await WasteTown(hunt.town).unit("generator", "enterprise")
        before = await rows_of(hunt.town, [unit.uscc])
        clerk = await hunt.town.staff("clerk")
        answer = await clerk.http.patch(
            f"/v1/waste/units/{unit.uscc}", json={"address": "示例路2号"}, headers={"If-Match": "*"}
        )
        assert answer.status_code == 200, answer.text
        after = await rows_of(hunt.town, [unit.uscc])
        assert "waste.unit" in {name for name, state in after.items() if before[name] != state}
