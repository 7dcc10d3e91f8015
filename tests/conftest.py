"""The stack that the API tests talk to: real applications, real sockets, real PostgreSQL, all in one process."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import AsyncIterator, Generator, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from infra.local import ports
from infra.local.environment import FOR_MANY_STACKS
from infra.local.postgres import throwaway_postgres
from infra.process_table import METRICS_OFFSET, PROCESSES
from services.kit.pytest_plugin import MakeDatabase
from tests.support.stack import TestStack, test_stack
from tests.support.town import Town

# How long an example takes says more about the machine than about the code. The same examples are tried each time: a
# failure is one of the change at hand, and not of the day. STEPPE_TEST_NEW_EXAMPLES=1 looks for others.
settings.register_profile(
    "steppe",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=not os.environ.get("STEPPE_TEST_NEW_EXAMPLES"),
)
settings.load_profile("steppe")

# httpx asks for it at each request: where it is not installed, Python looks through every folder, every time.
if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]


HOUR, DAY, CITY_OFFSET = 3600, 86_400, 8 * 3600
os.environ.setdefault(FOR_MANY_STACKS, "1")
# Between the moment in which a stack chooses its ports and the one in which it takes them the others choose theirs.
_worker, _workers = (os.environ.get(f"PYTEST_XDIST_WORKER{each}", "") for each in ("", "_COUNT"))
if _worker:
    _share = len(ports.CHOICE) // int(_workers)
    _first = int(_worker.removeprefix("gw")) * _share
    ports.CHOICE = ports.CHOICE[_first : _first + _share - METRICS_OFFSET - len(PROCESSES)]


# Importing every file takes a worker ten seconds, and `make proof` asks for one file in ten.
SEPARATE = frozenset({"stack", "hunt"})
"""Markers that stand in the file itself: where these are asked for, one that names none of them is not read."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked = set(re.findall(r"\w+", config.option.markexpr)) - {"or"}
    if not asked or not asked <= SEPARATE or not collection_path.match("test_*.py"):
        return None
    return None if _named(collection_path) & asked else True


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """So that no test escapes: a marker that came from elsewhere fails every session that reads the file."""
    report = yield
    for item in report.result or ():
        if not isinstance(item, pytest.Item):
            continue
        unnamed = SEPARATE.intersection(mark.name for mark in item.iter_markers()) - _named(item.path)
        if unnamed:
            report.outcome = "failed"
            report.longrepr = f"{item.nodeid}: write pytest.mark.{min(unnamed)} in the file itself"
    return report


@cache
def _named(file: Path) -> frozenset[str]:
    return frozenset(re.findall(r"\bmark\.(\w+)", file.read_text(encoding="utf-8")))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Tests ask for the day more than once: none begins in the last minute of a day, of the city's or of UTC's.

    Nor does any in the last seconds of an hour: requests are counted by it.
    """
    now = time.time()
    day, hour = min(DAY - (now + offset) % DAY for offset in (0, CITY_OFFSET)), HOUR - now % HOUR
    if day < 60 or hour < 5:
        time.sleep(hour + 0.1)


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
