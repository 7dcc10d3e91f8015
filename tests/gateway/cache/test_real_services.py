"""The public pages of the real services are of the kind that the cache keeps."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from services.kit.trusted import trusted
from tests.support.stack import TestStack, another_gateway
from tests.support.town import Town

PAGES = [
    "/v1/permits/disclosure/permits?limit=1",
    "/v1/permits/disclosure/reports?limit=1",
    "/v1/permits/receipt-keys",
    "/v1/waste/catalogue?limit=1",
    "/v1/credit/rule-packs",
    "/v1/credit/log/vkey",
    "/.well-known/jwks.json",
]


@pytest.fixture(scope="module")
async def http(stack: TestStack) -> AsyncIterator[httpx.AsyncClient]:
    """To a gateway that keeps public answers."""
    async with (
        another_gateway(stack, cache_mib=8) as base_url,
        httpx.AsyncClient(base_url=base_url, trust_env=False, verify=trusted(), timeout=20) as made,
    ):
        yield made


@pytest.fixture(scope="module")
async def token(town: Town) -> dict[str, str]:
    return {"Authorization": f"Bearer {(await town.holder()).token}"}


@pytest.mark.parametrize("page", PAGES)
async def test_a_public_page_is_kept_for_all_in_two_languages_and_past_it_go_the_signed_in(
    http: httpx.AsyncClient, token: dict[str, str], page: str
) -> None:
    first, second = await http.get(page), await http.get(page)
    assert first.status_code == second.status_code == 200
    assert first.headers["cache-status"] == "steppe; fwd=uri-miss; stored"
    assert second.headers["cache-status"].startswith("steppe; hit")
    assert first.content == second.content
    assert second.headers["cache-control"].startswith("public, max-age=")
    unchanged = await http.get(page, headers={"If-None-Match": first.headers["etag"]})
    assert unchanged.status_code == 304
    signed_in = await http.get(page, headers=token)
    assert signed_in.status_code == 200
    assert "cache-status" not in signed_in.headers
    other = await http.get(page, headers={"Accept-Language": "en"})
    assert other.headers["cache-status"] == "steppe; fwd=uri-miss; stored"


async def test_what_belongs_to_a_caller_is_never_kept(http: httpx.AsyncClient, token: dict[str, str]) -> None:
    answer = await http.get("/v1/permits/permits", headers=token)
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "cache-status" not in answer.headers
    refused = await http.get("/v1/permits/permits")
    assert (refused.status_code, refused.headers["cache-control"]) == (401, "no-store")
