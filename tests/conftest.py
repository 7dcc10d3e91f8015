"""The stack that the API tests talk to: real applications, real sockets, real PostgreSQL, all in one process."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, settings

from infra.local.postgres import throwaway_postgres
from services.kit.pytest_plugin import MakeDatabase
from tests.support.stack import TestStack, test_stack
from tests.support.town import Town

# How long an example takes says more about the machine than about the code; CI tries the same examples each time.
settings.register_profile(
    "steppe",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("steppe")

# httpx asks for it at each request: where it is not installed, Python looks through every folder, every time.
if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI nothing may be skipped: what a test needs is there."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI"):
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    given = os.environ.get("STEPPE_TEST_DATABASE_URL")
    if given:
        yield given
        return
    # Not in pytest's own folder: a second session of the same user closes it to the user who runs PostgreSQL.
    with throwaway_postgres() as server:
        yield server.url("postgres")


@pytest.fixture(scope="session")
async def stack(make_database: MakeDatabase) -> AsyncIterator[TestStack]:
    async with test_stack(make_database) as running:
        yield running


@pytest.fixture(scope="session")
async def town(stack: TestStack) -> AsyncIterator[Town]:
    """People and enterprises of a city, made as they are needed."""
    async with Town(stack) as made:
        yield made
