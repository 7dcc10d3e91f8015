"""Routes on their way out, and versions that are not served."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.policy.loading import PolicyFileError, parse
from gateway.policy.rules import Retirement
from gateway.retirement import announce, headers
from tests.gateway.front import PUBLIC, SIGNED_IN, Front, fronted, policy

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
GOING = {"since": SINCE, "sunset": datetime(2999, 12, 31, 16, 0, tzinfo=UTC)}
ROUTES: dict[str, dict[str, Any]] = {
    "GET /v1/permits/old": {**PUBLIC, "retirement": {**GOING, "successor": "/v2/permits/new"}},
    "GET /v1/permits/olds/{id}": {
        **PUBLIC,
        "retirement": {**GOING, "successor": "/v2/permits/news/{id}/view", "notice": "/docs/changes"},
    },
    "GET /v1/permits/gone": {
        **SIGNED_IN,
        "retirement": {"since": SINCE, "sunset": SINCE, "successor": "/v2/permits/new"},
    },
    "GET /v2/permits/new": PUBLIC,
    "GET /v1/permits/plain": PUBLIC,
}


@pytest.fixture(scope="module")
async def front() -> AsyncIterator[Front]:
    async with fronted(ROUTES, steps=[announce]) as made:
        yield made


async def test_a_retired_route_says_since_when_until_when_and_where_to_go(front: Front) -> None:
    answer = await front.http.get("/v1/permits/old")
    assert answer.status_code == 200
    assert answer.headers["deprecation"] == "@1767225600"
    assert answer.headers["sunset"] == "Tue, 31 Dec 2999 16:00:00 GMT"
    assert answer.headers["link"] == '</v2/permits/new>; rel="successor-version"'


async def test_the_successor_keeps_the_variables_of_the_request(front: Front) -> None:
    answer = await front.http.get("/v1/permits/olds/a%20b")
    assert answer.headers["link"] == (
        '</v2/permits/news/a%20b/view>; rel="successor-version", </docs/changes>; rel="deprecation"'
    )


async def test_after_its_sunset_a_route_is_410_and_names_its_successor(front: Front) -> None:
    nobody = await front.http.get("/v1/permits/gone")
    assert nobody.status_code == 401
    answer = await front.http.get("/v1/permits/gone", headers=front.token("heat01", "enterprise"))
    assert answer.status_code == 410
    assert answer.json()["code"] == "route_retired"
    assert answer.json()["successor"] == "/v2/permits/new"
    assert answer.headers["sunset"] == "Thu, 01 Jan 2026 00:00:00 GMT"
    assert 'rel="successor-version"' in answer.headers["link"]


async def test_other_routes_say_nothing_of_it(front: Front) -> None:
    answer = await front.http.get("/v1/permits/plain")
    assert not {"deprecation", "sunset", "link"} & set(answer.headers)


async def test_a_second_version_reaches_the_same_service(front: Front) -> None:
    assert (await front.http.get("/v2/permits/new")).status_code == 200
    assert front.service.seen[-1].target == b"/v2/permits/new"


@pytest.mark.parametrize("path", ["/v3/permits/new", "/v9", "/v99/x"])
async def test_a_version_that_is_not_served_is_named_beside_those_that_are(front: Front, path: str) -> None:
    answer = await front.http.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    problem = answer.json()
    assert (problem["code"], problem["versions"]) == ("unknown_version", ["v1", "v2"])
    assert "v1, v2" in problem["detail"]


@pytest.mark.parametrize(
    "path", ["/v1/permits/nothing", "/v2/permits/plain", "/version", "/", "/v0/x", "/v100/x"]
)
async def test_another_unknown_path_is_plainly_not_found(front: Front, path: str) -> None:
    answer = await front.http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_retirement_without_a_sunset_only_warns() -> None:
    assert headers(Retirement(SINCE), None) == [(b"deprecation", b"@1767225600")]


@pytest.mark.parametrize(
    ("retirement", "told"),
    [
        ({**GOING, "successor": "/v2/permits/{other}"}, r"\{other\} is not in its path"),
        ({**GOING, "successor": "https://elsewhere.example/"}, "successor"),
        ({**GOING, "notice": '/docs>; rel="x"'}, "notice"),
        ({"since": datetime(2026, 1, 2, tzinfo=UTC), "sunset": SINCE}, "before its deprecation"),
        ({"since": datetime(2026, 1, 2)}, "since"),  # noqa: DTZ001 - what a file without an offset gives
    ],
)
def test_a_retirement_that_cannot_be_said_is_refused_at_the_start(
    retirement: dict[str, Any], told: str
) -> None:
    with pytest.raises(PolicyFileError, match=told):
        parse(policy({"GET /v1/permits/{id}": {**PUBLIC, "retirement": retirement}}))
