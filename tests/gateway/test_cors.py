"""Browsers of other origins, and what their pages may call and read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from gateway.cors import Cors
from services.kit.configuration import ConfigurationError
from tests.gateway.front import PUBLIC, SIGNED_IN, Front, fronted
from tests.gateway.rig import answer as answered

OURS, THEIRS = "https://portal.example", "https://elsewhere.example"
ROUTES: dict[str, dict[str, Any]] = {
    "GET /v1/permits/open": PUBLIC,
    "POST /v1/auth/token": {**PUBLIC, "rate": "sign_in"},
    "GET /v1/permits/mine": SIGNED_IN,
    "POST /v1/permits/mine": SIGNED_IN,
}


@pytest.fixture(scope="module")
async def front() -> AsyncIterator[Front]:
    async with fronted(ROUTES, cors=Cors(f"{OURS}, http://localhost:5173")) as made:
        yield made


async def ask(front: Front, path: str, method: str, origin: str) -> Any:
    headers = {"Origin": origin, "Access-Control-Request-Method": method}
    return await front.http.options(
        path, headers={**headers, "Access-Control-Request-Headers": "authorization"}
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_page_of_a_configured_origin_may_call_with_a_token(front: Front, method: str) -> None:
    front.service.seen.clear()
    asked = await ask(front, "/v1/permits/mine", method, OURS)
    assert (asked.status_code, asked.content) == (204, b"")
    assert asked.headers["access-control-allow-origin"] == OURS
    assert asked.headers["access-control-allow-methods"] == method
    assert {"Authorization", "Idempotency-Key"} <= set(
        asked.headers["access-control-allow-headers"].split(", ")
    )
    assert "Origin" in asked.headers["vary"]
    assert front.service.seen == []

    token = front.token("heat01", "enterprise")
    answer = await front.http.request(method, "/v1/permits/mine", headers={**token, "Origin": OURS})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == OURS
    assert "RateLimit" in answer.headers["access-control-expose-headers"]
    assert answer.headers["vary"] == "Origin"


async def test_a_page_of_another_origin_may_not_and_cannot_read_the_answer(front: Front) -> None:
    for origin in (THEIRS, "null", OURS + ".example", OURS.upper(), f"{OURS}, {OURS}"):
        asked = await ask(front, "/v1/permits/mine", "POST", origin)
        assert (asked.status_code, asked.json()["code"]) == (403, "origin_refused")
        answer = await front.http.get("/v1/permits/mine", headers={"Origin": origin})
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["vary"] == "Origin"


async def test_what_is_public_may_be_read_by_any_page_without_credentials(front: Front) -> None:
    for headers in ({"Origin": THEIRS}, {}):
        answer = await front.http.get("/v1/permits/open", headers=headers)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    asked = await ask(front, "/v1/permits/open", "GET", THEIRS)
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, "*")
    signing_in = await ask(front, "/v1/auth/token", "POST", THEIRS)
    assert signing_in.status_code == 403


async def test_refusals_can_be_read_by_the_page_that_is_refused(front: Front) -> None:
    answer = await front.http.get("/v1/permits/mine", headers={"Origin": OURS})
    assert answer.status_code == 401
    assert answer.headers["access-control-allow-origin"] == OURS


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/v1/permits/nothing", "GET", 404),
        ("/v1/permits/open", "DELETE", 405),
        ("/v1/permits/open", "TRACE", 405),
        ("/v1/permits//open", "GET", 400),
    ],
)
async def test_a_preflight_for_what_is_not_there_is_refused_as_the_call_would_be(
    front: Front, path: str, method: str, status: int
) -> None:
    assert (await ask(front, path, method, OURS)).status_code == status


async def test_options_without_an_origin_is_no_preflight(front: Front) -> None:
    assert (await front.http.options("/v1/permits/open")).status_code == 405


async def test_a_service_cannot_open_an_answer_to_others(front: Front) -> None:
    async def open_to_all(_: Any, __: Any, send: Any) -> None:
        headers = [
            (b"access-control-allow-origin", b"*"),
            (b"access-control-allow-credentials", b"true"),
        ]
        await answered(send, b"ok", headers=headers)

    front.service.behave = open_to_all
    token = front.token("heat01", "enterprise")
    answer = await front.http.get("/v1/permits/mine", headers={**token, "Origin": THEIRS})
    front.service.behave = None
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "origins",
    ["*", "portal.example", "https://portal.example/", "https://a.example,null", "https://*.example"],
)
def test_what_is_no_origin_is_refused_at_the_start(origins: str) -> None:
    with pytest.raises(ConfigurationError, match="not an origin"):
        Cors(origins)
