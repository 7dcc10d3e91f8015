"""What the tests of candidates share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from services.kit.database import Database
from services.kit.reading import PURPOSE_HEADER
from tests.credit.candidates.feeds import Feeds
from tests.support.credit import Bureau


@pytest.fixture
async def feeds(bureau: Bureau, ledger: Database) -> AsyncIterator[Feeds]:
    async with httpx.AsyncClient(
        trust_env=False, timeout=60, headers={PURPOSE_HEADER: "supervision"}
    ) as http:
        yield Feeds(bureau, ledger, http)
