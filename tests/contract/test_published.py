"""The running system against what callers were promised: docs/api/openapi-v1.json."""

from __future__ import annotations

from infra.openapi.cli import published
from infra.openapi.compare import breaks
from tests.support.town import Town


async def test_nothing_that_was_published_is_taken_away(town: Town) -> None:
    document = (await town.public.get("/openapi.json")).json()
    assert breaks(published(), document) == []
