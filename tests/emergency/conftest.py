"""A response team of its own for each test."""

from __future__ import annotations

import pytest

from tests.support.emergency import Response, response_team
from tests.support.town import Town


@pytest.fixture
async def team(town: Town) -> Response:
    return await response_team(town)
