"""The running system against what callers were promised: docs/api/openapi-v1.json."""

from __future__ import annotations

from typing import Any

from infra.openapi.cli import published, text
from infra.openapi.compare import breaks
from tests.support.town import Town


async def running(town: Town) -> dict[str, Any]:
    while True:  # a service that is slow to answer is left out of the document
        document: dict[str, Any] = (await town.public.get("/openapi.json")).json()
        if "x-steppe-missing-services" not in document:
            return document


async def test_nothing_that_was_published_is_taken_away(town: Town) -> None:
    assert breaks(published(), await running(town)) == []


async def test_everything_that_runs_is_published(town: Town) -> None:
    now, then = await running(town), published()
    for part in ("paths", "components"):
        assert text(now[part]) == text(then[part]), "run `make openapi`"
