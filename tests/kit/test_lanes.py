"""A flood of requests that make room leaves connections to the others, and never waits for itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import sqlalchemy as sa
from starlette.types import Receive, Scope, Send

from services.kit.database import Database
from services.kit.lanes import HEADER, MakesRoom, Places
from services.kit.problems import Unavailable, send_problem
from services.kit.pytest_plugin import MakeDatabase
from services.kit.service_metrics import DatabaseMetrics
from tests.gateway.rig import HOST, PATIENCE, answer, closed, served, until

CONNECTIONS, THEIRS = 5, 3


class Service:
    """Holds a connection for a while; `most` is how many did so at once."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = self.most = 0
        self.together = 0
        """So many are waited for, however long they take to come."""
        self.over = asyncio.Event()
        """Until then `/held` holds its connection."""

    async def __call__(self, scope: Scope, _: Receive, send: Send) -> None:
        try:
            await (self.pages() if scope["path"] == "/pages" else self.work(scope))
        except Unavailable as problem:
            await send_problem(problem, scope, send)
            return
        await answer(send, b"ok")

    async def pages(self) -> None:
        """As a download is read."""
        for _ in range(4):
            async with self.database.transaction() as session:
                await session.exec(sa.text("SELECT 1"))  # type: ignore[call-overload]

    async def work(self, scope: Scope) -> None:
        async with self.database.transaction() as session:
            await session.exec(sa.text("SELECT 1"))  # type: ignore[call-overload]
            self.now += 1
            self.most = max(self.most, self.now)
            await until(lambda: self.most >= self.together)
            if scope["path"] == "/held":
                await self.over.wait()
            await session.exec(sa.text("SELECT pg_sleep(0.2)"))  # type: ignore[call-overload]
            if scope["path"] == "/nested":
                async with self.database.transaction() as inner:
                    await inner.exec(sa.text("SELECT 1"))  # type: ignore[call-overload]
            self.now -= 1


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
    service.database.places = Places(CONNECTIONS, wait_seconds=60)
    flooding = asyncio.create_task(flood(http, "/held", 30, **{HEADER: "1"}))
    await until(lambda: service.database.places.waiting == 30 - THEIRS)
    service.over.set()
    assert await flood(http, "/", CONNECTIONS - THEIRS) == [200, 200]
    assert service.database.places.waiting > 10  # behind the thirty of them there would be nobody left
    assert service.most <= CONNECTIONS
    assert await flooding == [200] * 30


async def test_those_that_make_room_hold_no_more_than_their_places_and_all_are_answered(
    service: Service, http: httpx.AsyncClient
) -> None:
    service.together = THEIRS
    assert await flood(http, "/", 12, **{HEADER: "1"}) == [200] * 12
    assert service.most == THEIRS


async def test_the_others_may_hold_all(service: Service, http: httpx.AsyncClient) -> None:
    service.together = CONNECTIONS
    assert await flood(http, "/", 12) == [200] * 12
    assert service.most == CONNECTIONS


async def test_a_request_that_has_a_place_does_not_wait_for_a_second(
    service: Service, http: httpx.AsyncClient
) -> None:
    async with asyncio.timeout(PATIENCE):
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


async def test_who_finds_no_place_in_time_is_told_when_to_come_again(
    service: Service, http: httpx.AsyncClient
) -> None:
    service.database.places = Places(CONNECTIONS, wait_seconds=0.3)
    holding = asyncio.create_task(flood(http, "/held", THEIRS, **{HEADER: "1"}))
    await until(lambda: service.now == THEIRS)
    late = await asyncio.gather(*(http.get("/", headers={HEADER: "1"}) for _ in range(27)))
    service.over.set()
    assert await holding == [200] * THEIRS
    assert {(each.status_code, each.json()["code"]) for each in late} == {(503, "unavailable")}
    assert {(each.headers["retry-after"], each.headers[HEADER]) for each in late} == {("2", "1")}
    assert service.most == THEIRS
    assert await flood(http, "/", THEIRS, **{HEADER: "1"}) == [200] * THEIRS  # none of them kept a place


async def test_a_download_that_has_begun_is_not_behind_those_who_came_later(
    service: Service, http: httpx.AsyncClient
) -> None:
    service.database.places = Places(CONNECTIONS, wait_seconds=60)
    before = asyncio.create_task(flood(http, "/held", THEIRS, **{HEADER: "1"}))
    await until(lambda: service.now == THEIRS)
    download = asyncio.create_task(flood(http, "/pages", 1, **{HEADER: "1"}))
    await until(lambda: service.database.places.waiting == 1)
    flooding = asyncio.create_task(flood(http, "/", 60, **{HEADER: "1"}))
    await until(lambda: service.database.places.waiting == 1 + 60)
    service.over.set()
    assert await download == [200]
    assert service.database.places.waiting > 30
    assert await before + await flooding == [200] * (THEIRS + 60)


async def test_newcomers_get_their_turn_beside_any_number_of_downloads(
    service: Service, http: httpx.AsyncClient
) -> None:
    over = asyncio.Event()

    async def downloads() -> None:
        while not over.is_set():
            await flood(http, "/pages", 5, **{HEADER: "1"})

    reading = [asyncio.create_task(downloads()) for _ in range(4)]
    async with asyncio.timeout(PATIENCE):
        assert await flood(http, "/", 6, **{HEADER: "1"}) == [200] * 6
    over.set()
    await asyncio.gather(*reading)


async def test_the_metrics_tell_how_many_wait(service: Service, http: httpx.AsyncClient) -> None:
    def waiting() -> float:
        metrics = {each.name: each for each in DatabaseMetrics(service.database).collect()}
        return metrics["steppe_database_making_room"].samples[0].value

    assert waiting() == 0
    flooding = asyncio.create_task(flood(http, "/held", THEIRS + 4, **{HEADER: "1"}))
    await until(lambda: service.now == THEIRS)
    await until(lambda: waiting() == 4)
    service.over.set()
    await flooding
    assert waiting() == 0


async def test_one_pipelined_behind_one_that_makes_room_makes_none() -> None:
    places, held, released = Places(1, wait_seconds=0.2), asyncio.Event(), asyncio.Event()

    async def app(scope: Scope, _: Receive, send: Send) -> None:
        try:
            if scope["path"] == "/holds":
                async with places.taken():
                    held.set()
                    await released.wait()
            elif scope["path"] == "/takes":
                async with places.taken():
                    pass
        except Unavailable as problem:
            await send_problem(problem, scope, send)
            return
        await answer(send, b"ok")

    marked = HOST + HEADER.encode() + b": 1\r\n\r\n"
    async with served(MakesRoom(app)) as port:
        holds = await asyncio.open_connection("127.0.0.1", port)
        holds[1].write(b"GET /holds HTTP/1.1\r\n" + marked)
        await held.wait()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(
            b"GET / HTTP/1.1\r\n" + marked + b"GET /takes HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n"
        )
        async with asyncio.timeout(PATIENCE):
            answers = await reader.read()
        assert answers.count(b"HTTP/1.1 200") == 2, answers
        released.set()
        await closed(writer)
        await closed(holds[1])
