from __future__ import annotations

import pytest

from tests.support.town import Town
from tests.support.waste import WasteTown


@pytest.fixture(scope="session")
async def waste(town: Town) -> WasteTown:
    """Units of waste, made as they are needed."""
    return WasteTown(town)
