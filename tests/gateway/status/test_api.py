"""The status of the real stack, for people and for programs; it names no host and no secret."""

from __future__ import annotations

import re

from tests.support.stack import TestStack
from tests.support.town import Town

NAMES = ["gateway", "permits", "waste", "credit", "emergency"]


async def test_programs_get_every_service_with_its_parts(town: Town) -> None:
    answer = await town.public.get("/status.json")
    assert answer.status_code == 200, answer.text
    status = answer.json()
    assert [service["name"] for service in status["services"]] == NAMES
    assert {service["state"] for service in status["services"]} <= {"up", "weak"}
    permits = status["services"][1]
    assert {"database", "feed", "calls"} <= {part["name"] for part in permits["parts"]}
    assert permits["version"]
    assert permits["started_at"] <= status["at"]


async def test_people_get_a_page_in_their_language(town: Town) -> None:
    page = await town.public.get("/status?lang=zh")
    assert "<h1>" in page.text
    assert "数据库" in page.text
    assert page.headers["content-language"] == "zh-CN"
    english = await town.public.get("/status", headers={"Accept-Language": "en"})
    assert "Database" in english.text
    assert "default-src 'self'" in english.headers["content-security-policy"]


async def test_nothing_names_a_host_a_port_or_a_database(town: Town, stack: TestStack) -> None:
    said = [(await town.public.get(path)).text for path in ("/status.json", "/status", "/readyz")]
    for service in ("permits", "credit"):
        said.append((await (await town.direct(service)).get("/readyz")).text)
    ports = [url.rpartition(":")[2] for url in stack.urls.values()]
    for text in said:
        assert not re.search(r"postgres|127\.0\.0\.1|localhost|asyncpg|/tmp", text)
        assert not [port for port in ports if port in text]


async def test_a_service_says_how_its_feed_and_its_consumers_stand(town: Town) -> None:
    said = (await (await town.direct("permits")).get("/readyz")).json()
    assert said["status"] == "ok"
    assert set(said["feed"]) == {"position", "unnumbered"}
    assert said["consumers"] == []  # in the tests' stack no service signs in to read another
