"""The typed client is what the generator makes of the published document."""

from __future__ import annotations

from pathlib import Path

from infra.client.generating.write import API, write
from infra.openapi.cli import published


def test_the_client_is_the_published_document(tmp_path: Path) -> None:
    write(published(), tmp_path / "api")
    made = {each.relative_to(tmp_path / "api"): each.read_text() for each in (tmp_path / "api").rglob("*.py")}
    kept = {each.relative_to(API): each.read_text() for each in API.rglob("*.py")}
    assert made == kept, "run `make openapi`"
