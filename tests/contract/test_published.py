"""The running system against what callers were promised: docs/api/openapi-v1.json."""

from __future__ import annotations

from typing import Any

from infra.openapi.cli import published, text
from infra.openapi.compare import breaks


async def test_nothing_that_was_published_is_taken_away(document: dict[str, Any]) -> None:
    assert breaks(published(), document) == []


async def test_everything_that_runs_is_published(document: dict[str, Any]) -> None:
    then = published()
    for part in ("paths", "components"):
        assert text(document[part]) == text(then[part]), "run `make openapi`"
