"""The portal through the gateway: pages in two languages, nothing from elsewhere, revalidated, compressed."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.support.town import Town

PAGES = ["", "/reference", "/events", "/errors", "/guides", "/changelog", "/guides/system"]
PAGES += ["/reference/permits/post-reports", "/reference/gateway/post-auth-token"]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
async def test_every_page_is_there_and_loads_nothing_from_elsewhere(
    town: Town, language: str, page: str
) -> None:
    answer = await town.public.get(f"/docs/{language}{page}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-language"] == {"zh": "zh-CN", "en": "en"}[language]
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    loaded = re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="([^"]*)"', answer.text)
    assert loaded
    assert all(address.startswith("/docs/") for address in loaded)
    assert not re.search(r"<script(?![^>]*src=)", answer.text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", answer.text)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_link_within_the_texts_leads_to_a_page(town: Town, language: str) -> None:
    guides = (await town.public.get(f"/docs/{language}/guides")).text
    texts = {f"/docs/{language}/changelog", *re.findall(rf'href="(/docs/{language}/guides/[a-z-]+)"', guides)}
    assert len(texts) > 5
    for text in texts:
        page = (await town.public.get(text)).text
        for link in sorted(set(re.findall(r'href="([^"#:]+)[#"]', page))):
            answer = await town.public.get(httpx.URL(f"{town.stack.gateway}{text}").join(link))
            assert answer.status_code in (200, 302), (text, link)


async def test_the_start_page_is_chinese_unless_english_is_preferred(town: Town) -> None:
    async with httpx.AsyncClient(base_url=town.stack.gateway, trust_env=False, timeout=60) as plain:
        assert (await plain.get("/docs")).headers["location"] == "/docs/zh"
        answer = await plain.get("/docs", headers={"Accept-Language": "en-GB"})
    assert (answer.status_code, answer.headers["location"]) == (302, "/docs/en")
    assert answer.headers["vary"] == "Accept-Language"


@pytest.mark.parametrize("page", ["fr", "zh/nothing", "zh/guides/nobody", "zh/reference/permits/none"])
async def test_an_unknown_page_says_so_as_a_page(town: Town, page: str) -> None:
    answer = await town.public.get(f"/docs/{page}")
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert "没有这个页面" in answer.text


async def test_an_unchanged_page_costs_304(town: Town) -> None:
    first = await town.public.get("/docs/en/errors")
    again = await town.public.get("/docs/en/errors", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "no-cache"


async def test_a_page_is_compressed_only_for_who_asks(town: Town) -> None:
    plain = await town.public.get("/docs/en/errors", headers={"Accept-Encoding": "identity"})
    packed = await town.public.get("/docs/en/errors", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) * 4 < int(plain.headers["content-length"])
    assert packed.text == plain.text


async def test_assets_are_kept_for_ever_under_their_digest_and_not_at_all_under_another(town: Town) -> None:
    page = (await town.public.get("/docs/zh")).text
    address = re.search(r'href="(/docs/assets/[0-9a-f]{16}/portal\.css)"', page)
    assert address
    answer = await town.public.get(address[1])
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    old = await town.public.get("/docs/assets/0000000000000000/portal.css")
    assert old.headers["cache-control"] == "no-store"
    assert (await town.public.get("/docs/assets/0000000000000000/secrets.toml")).status_code == 404


async def test_a_page_says_who_may_call_and_what_a_refusal_means(town: Town) -> None:
    page = (await town.public.get("/docs/zh/reference/permits/post-reports")).text
    assert "<code>permits:submit</code>" in page
    assert "already_reported" in page
    errors = (await town.public.get("/docs/zh/errors")).text
    assert 'id="already_reported"' in errors
    assert (await town.public.get("/docs/en/events")).text.count("permits.report_accepted.v1") > 1


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_every_operation_has_a_page_that_can_be_made(town: Town, language: str) -> None:
    index = (await town.public.get(f"/docs/{language}/reference")).text
    pages = re.findall(rf'href="(/docs/{language}/reference/[a-z]+/[a-z0-9_-]+)"', index)
    assert len(pages) > 120
    answers = [(page, (await town.public.get(page)).status_code) for page in pages]
    assert [each for each in answers if each[1] != 200] == []


async def test_signing_in_on_the_page_asks_for_what_the_endpoint_takes(town: Town) -> None:
    page = (await town.public.get("/docs/en")).text
    asked = set(re.findall(r'<input name="([a-z_]+)"', page))
    document = (await town.public.get("/openapi.json")).json()
    form = document["paths"]["/v1/auth/token"]["post"]["requestBody"]["content"]
    schema = form["application/x-www-form-urlencoded"]["schema"]["$ref"].rpartition("/")[2]
    assert {"username", "password", "otp"} <= asked
    assert asked <= document["components"]["schemas"][schema]["properties"].keys()


async def test_the_openapi_document_has_examples_and_an_etag(town: Town) -> None:
    answer = await town.public.get("/openapi.json")
    submit = answer.json()["paths"]["/v1/permits/reports"]["post"]
    assert submit["requestBody"]["content"]["application/json"]["example"]["values"]
    again = await town.public.get("/openapi.json", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
