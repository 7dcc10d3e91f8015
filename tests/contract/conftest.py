"""What the contract tests share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.contract.endpoints import Endpoint, endpoints, stored
from tests.support.town import Town


@pytest.fixture(scope="session")
async def document(town: Town) -> dict[str, Any]:
    """The merged OpenAPI document, of all services."""
    while True:  # one that is slow to answer is left out of it
        found: dict[str, Any] = (await town.public.get("/openapi.json")).raise_for_status().json()
        if "x-steppe-missing-services" not in found:
            return found


@pytest.fixture(scope="session")
async def targets(town: Town) -> dict[str, Endpoint]:
    return await endpoints(town)


@pytest.fixture
async def nothing_stored(town: Town, targets: dict[str, Endpoint]) -> AsyncIterator[None]:
    """Fails a test after which the permits service holds more or less than before."""
    before = await stored(town)
    yield
    assert await stored(town) == before


@pytest.fixture(params=["gateway", "direct"])
def way(request: pytest.FixtureRequest) -> str:
    """Through the gateway, and past it straight to the service."""
    return str(request.param)
