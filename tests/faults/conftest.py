"""A pair of processes for the tests that kill them, with a town of its own around it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from services.kit.pytest_plugin import MakeDatabase
from tests.faults.support.pair import Pair, running_pair
from tests.support.town import Town


@pytest.fixture(scope="package")
def databases(make_database: MakeDatabase) -> dict[str, str]:
    return {"gateway": make_database("gateway"), "permits": make_database("services.permits")}


@pytest.fixture(scope="package")
def pair(databases: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    with running_pair(tmp_path_factory.mktemp("pair") / "home", databases) as running:
        yield running


@pytest.fixture(scope="package")
async def pair_town(pair: Pair, databases: dict[str, str]) -> AsyncIterator[Town]:
    async with Town(pair.seen_from_a_town(databases)) as town:
        yield town
