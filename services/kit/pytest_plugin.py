"""Fixtures for every test that needs a database: real PostgreSQL, built by the migrations.

`postgres_url` is where the server is: `STEPPE_TEST_DATABASE_URL` where it is given; else the project's conftest
overrides it with the embedded one. Each test session gets databases of its own, and drops them where the server
stays: one of each package is migrated, and the others are copies of it, which takes a quarter of the time.
"""

from __future__ import annotations

import asyncio
import gc
import os
import secrets
from collections import deque
from collections.abc import Callable, Generator, Iterator
from threading import Lock

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


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks as `database` what asks something of PostgreSQL, so that it can be chosen: `-m database`."""
    for item in items:
        if "postgres_url" in getattr(item, "fixturenames", ()):
            item.add_marker("database")


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
    originals: dict[str, str] = {}
    one_by_one = Lock()

    def new_name(package: str) -> str:
        made.append(f"test_{package.rpartition('.')[2]}_{secrets.token_hex(4)}")
        return made[-1]

    def url_of(name: str) -> str:
        return make_url(postgres_url).set(database=name).render_as_string(hide_password=False)

    def make(package: str) -> str:
        with one_by_one:
            if package not in originals:
                original = new_name(package)
                ensure_current(package, url_of(original))
                originals[package] = original
            copy = new_name(package)
            asyncio.run(_execute(postgres_url, f'CREATE DATABASE "{copy}" TEMPLATE "{originals[package]}"'))
        return url_of(copy)

    yield make
    if postgres_url != os.environ.get("STEPPE_TEST_DATABASE_URL"):
        return  # a server of the tests' own goes away with all that is in it
    asyncio.run(_execute(postgres_url, *(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)' for name in made)))


async def _execute(url: str, *statements: str) -> None:
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(plain)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
