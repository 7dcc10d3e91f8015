"""The credit office that the API tests of credit share, and its database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from services.kit.database import Database
from tests.support.credit import Bureau, open_bureau
from tests.support.town import Town


@pytest.fixture(scope="session")
async def bureau(town: Town) -> Bureau:
    return await open_bureau(town)


@pytest.fixture(scope="session")
async def ledger(town: Town) -> AsyncIterator[Database]:
    """The database of the running credit service."""
    database = Database(town.stack.databases["credit"], pool_size=5)
    yield database
    await database.close()
