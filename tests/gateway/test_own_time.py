"""The gateway's own endpoints answer in time, whatever hangs behind them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from gateway.gate import Gate
from gateway.pipeline import Pipeline
from gateway.policy.loading import parse
from gateway.proxy import Proxy
from tests.gateway.front import PUBLIC, _Tokens
from tests.gateway.rig import HOST, PATIENCE, Behaviour, answer, closed, served, until


class Own:
    """The endpoints, as a test wants them to behave."""

    def __init__(self) -> None:
        self.behave: Behaviour = self.hangs
        self.cancelled = 0
        self.released = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.behave(scope, receive, send)

    async def hangs(self, _: Scope, __: Receive, send: Send) -> None:
        """As a database does whose roll-back hangs as well."""
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.cancelled += 1
            await self.released.wait()
            await answer(send, b"too late")

    async def begins_and_goes_on(self, _: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _piece in range(6):
            await asyncio.sleep(0.1)
            await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await send({"type": "http.response.body", "body": b"b"})


@pytest.fixture
async def own() -> Own:
    return Own()


@pytest.fixture
async def port(own: Own) -> AsyncIterator[int]:
    routes = {
        "defaults": {"max_body_kib": 1024, "timeout": 60},
        "routes": {f"{method} /own": {**PUBLIC, "timeout": 0.3} for method in ("GET", "POST")},
    }
    pipeline = Pipeline(gate=Gate(parse(routes), _Tokens()), own=own, proxy=Proxy({}))
    async with served(pipeline) as made:
        yield made


async def get(port: int) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as http:
        return await http.get(f"http://127.0.0.1:{port}/own")


async def test_one_that_hangs_is_503_in_its_routes_time_though_its_cancellation_hangs_too(
    own: Own, port: int
) -> None:
    refused = await get(port)  # within PATIENCE, where the other routes have more
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert int(refused.headers["retry-after"]) > 0
    assert own.cancelled == 1
    own.released.set()


async def test_what_a_late_one_says_reaches_nobody(own: Own, port: int) -> None:
    assert (await get(port)).status_code == 503
    own.released.set()
    own.behave = own.begins_and_goes_on
    after = await get(port)
    assert (after.status_code, after.text) == (200, "aaaaaab")


async def test_one_that_has_begun_to_answer_may_take_longer(own: Own, port: int) -> None:
    own.behave = own.begins_and_goes_on
    assert (await get(port)).text == "aaaaaab"


async def test_one_that_fails_is_told_as_before(own: Own, port: int) -> None:
    async def fails(_: Scope, __: Receive, ___: Send) -> None:
        raise RuntimeError

    own.behave = fails
    assert (await get(port)).status_code == 500


async def test_a_client_that_leaves_is_seen_by_the_endpoint(own: Own, port: int) -> None:
    left = asyncio.Event()

    async def waits(_: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        left.set()

    own.behave = waits
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /own HTTP/1.1\r\n" + HOST + b"\r\n")
    await asyncio.sleep(0.05)
    await closed(writer)
    await until(left.is_set)


async def posted(port: int, body: bytes) -> bytes:
    """What is answered, in time, to a POST that announces 4 bytes and sends `body`."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /own HTTP/1.1\r\n" + HOST + b"Content-Length: 4\r\n\r\n" + body)
    async with asyncio.timeout(PATIENCE):
        told = await reader.readuntil(b"\r\n\r\n")
    await closed(writer)
    return told


async def test_one_that_hangs_over_a_body_is_503_in_its_routes_time(own: Own, port: int) -> None:
    async def takes_it_and_hangs(_: Scope, receive: Receive, __: Send) -> None:
        while (await receive())["more_body"]:
            pass
        await asyncio.sleep(60)

    own.behave = takes_it_and_hangs
    assert (await posted(port, b"body")).startswith(b"HTTP/1.1 503 ")


async def test_one_that_hangs_without_asking_for_the_body_is_503(own: Own, port: int) -> None:
    assert (await posted(port, b"body")).startswith(b"HTTP/1.1 503 ")
    own.released.set()


@pytest.mark.parametrize("sent", [b"", b"bo"])
async def test_a_body_that_does_not_come_in_time_is_the_clients_408(own: Own, port: int, sent: bytes) -> None:
    async def takes_it(_: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass
        await answer(send, b"taken")

    own.behave = takes_it
    assert (await posted(port, sent)).startswith(b"HTTP/1.1 408 ")
    assert b"HTTP/1.1 200 " in await posted(port, b"body")
