"""Fixtures for every test that needs a database: real PostgreSQL, built by the migrations.

`postgres_url` is where the server is: `STEPPE_TEST_DATABASE_URL` where it is given; else the project's conftest
overrides it with the embedded one. Each test session gets databases of its own and drops them.
"""

from __future__ import annotations

import asyncio
import gc
import os
import secrets
from collections import deque
from collections.abc import Callable, Generator, Iterator

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from services.kit import logs
from services.kit.migrations import ensure_current

MakeDatabase = Callable[[str], str]
# As when the services are served: looking for garbage after every 700 objects costs a tenth of the time.
gc.set_threshold(20_000, 20, 50)
_recent: deque[str] = deque(maxlen=200)


def pytest_configure() -> None:
    """What applications under test log is shown with a failure, and mixes with nobody's output."""
    logs.writer.divert(lambda text: _recent.extend(text.splitlines()))


def pytest_collection_finish() -> None:
    """What is here now stays, and is never looked through again."""
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        logs.flush()
        report.sections.append(("Log", "\n".join(_recent)))
    return report


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """A URL of a server on which the tests may create databases."""
    url = os.environ.get("STEPPE_TEST_DATABASE_URL")
    if not url:
        pytest.fail("give STEPPE_TEST_DATABASE_URL or override the fixture postgres_url")
    return url


@pytest.fixture(scope="session")
def make_database(postgres_url: str) -> Iterator[MakeDatabase]:
    """`make_database("services.permits")` is the URL of a new, migrated database of that package."""
    made: list[str] = []

    def make(package: str) -> str:
        name = f"test_{package.rpartition('.')[2]}_{secrets.token_hex(4)}"
        made.append(name)
        url = make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
        ensure_current(package, url)
        return url

    yield make
    asyncio.run(_drop(postgres_url, made))


async def _drop(url: str, names: list[str]) -> None:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(plain)
    try:
        for name in names:
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await connection.close()
