"""A flood of requests that make room leaves connections to the others, and never waits for itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import httpx
import pytest
import sqlalchemy as sa
from starlette.types import Receive, Scope, Send

from services.kit.database import Database
from services.kit.lanes import HEADER, MakesRoom
from services.kit.pytest_plugin import MakeDatabase
from tests.gateway.rig import answer, served

CONNECTIONS, THEIRS = 5, 3


class Service:
    """Holds a connection for a while; `most` is how many did so at once."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = self.most = 0

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        async with self.database.transaction() as session:
            await session.exec(sa.text("SELECT 1"))  # type: ignore[call-overload]
            self.now += 1
            self.most = max(self.most, self.now)
            await session.exec(sa.text("SELECT pg_sleep(0.2)"))  # type: ignore[call-overload]
            if scope["path"] == "/nested":
                async with self.database.transaction() as inner:
                    await inner.exec(sa.text("SELECT 1"))  # type: ignore[call-overload]
            self.now -= 1
        await answer(send, b"ok")


@pytest.fixture
async def service(make_database: MakeDatabase) -> AsyncIterator[Service]:
    database = Database(await asyncio.to_thread(make_database, "services.waste"), pool_size=CONNECTIONS)
    yield Service(database)
    await database.close()


@pytest.fixture
async def http(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=None)
    async with (
        served(MakesRoom(service)) as port,
        httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30, limits=limits
        ) as client,
    ):
        yield client


async def flood(http: httpx.AsyncClient, path: str, number: int, **headers: str) -> list[int]:
    answers = await asyncio.gather(*(http.get(path, headers=headers) for _ in range(number)))
    return [answer.status_code for answer in answers]


async def test_others_find_a_connection_at_once_in_the_midst_of_a_flood(
    service: Service, http: httpx.AsyncClient
) -> None:
    flooding = asyncio.create_task(flood(http, "/", 30, **{HEADER: "1"}))
    await asyncio.sleep(0.3)
    began = time.monotonic()
    assert await flood(http, "/", CONNECTIONS - THEIRS) == [200, 200]
    assert time.monotonic() - began < 1.0  # thirty of them, three at a time, take two seconds
    assert service.most <= CONNECTIONS
    assert await flooding == [200] * 30


async def test_those_that_make_room_hold_no_more_than_their_places_and_all_are_answered(
    service: Service, http: httpx.AsyncClient
) -> None:
    assert await flood(http, "/", 12, **{HEADER: "1"}) == [200] * 12
    assert service.most == THEIRS


async def test_the_others_may_hold_all(service: Service, http: httpx.AsyncClient) -> None:
    assert await flood(http, "/", 12) == [200] * 12
    assert service.most == CONNECTIONS


async def test_a_request_that_has_a_place_does_not_wait_for_a_second(
    service: Service, http: httpx.AsyncClient
) -> None:
    async with asyncio.timeout(8):
        assert await flood(http, "/nested", 12, **{HEADER: "1"}) == [200] * 12


async def test_one_that_leaves_while_it_waits_leaves_no_place_behind(
    service: Service, http: httpx.AsyncClient
) -> None:
    for _ in range(3):
        flooding = asyncio.create_task(flood(http, "/", 10, **{HEADER: "1"}))
        await asyncio.sleep(0.1)
        flooding.cancel()
        await asyncio.gather(flooding, return_exceptions=True)
    assert await flood(http, "/", 6, **{HEADER: "1"}) == [200] * 6
