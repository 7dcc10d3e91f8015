"""Thousands of clients that leave a real gateway process at any point of an exchange.

`STEPPE_STORM_CLIENTS` says how many (2000); a soak takes a million.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import socket
import struct
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from services.kit.pytest_plugin import MakeDatabase
from tests.faults.support.alone import Alone, gateway_process
from tests.faults.support.callers import Caller
from tests.gateway.rig import HOST, answer, served

pytestmark = pytest.mark.stack

CLIENTS = int(os.environ.get("STEPPE_STORM_CLIENTS", "2000"))
AT_ONCE = 60
IDLE_CONNECTIONS = 4 * AT_ONCE  # of four services, which are one here


class Slow:
    """A service that takes its time for everything, and knows how each of its calls ended."""

    def __init__(self) -> None:
        self.running = 0
        self.ended: Counter[str] = Counter()
        self.rng = random.Random(11)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.running += 1
        outcome = "cut"  # by the server, when it is told of the disconnect in the middle of something
        try:
            outcome = await self._answer(scope, receive, send)
        finally:
            self.running -= 1
            self.ended[outcome] += 1

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> str:
        if b"wait=" in scope["query_string"]:
            while (await receive())["type"] != "http.disconnect":
                pass
            return "left"
        if scope["method"] == "POST" and not await self._whole(receive):
            return "left"
        if await self._pauses(receive, 0.05):
            return "left"
        if self.rng.random() < 0.3:
            await answer(send, b"ok")
            return "answered"
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(10):
            await send({"type": "http.response.body", "body": bytes(5000), "more_body": True})
            if await self._pauses(receive, 0.02):
                return "left"
        await send({"type": "http.response.body", "body": b""})
        return "answered"

    async def _whole(self, receive: Receive) -> bool:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return False
            if not message.get("more_body"):
                return True

    async def _pauses(self, receive: Receive, most: float) -> bool:
        """Whether the caller has left meanwhile."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.rng.random() * most):
                while (await receive())["type"] != "http.disconnect":
                    pass
            return True
        return False


def requests(authorization: bytes) -> dict[str, bytes]:
    """What the clients send, by name."""
    get = b"GET /v1/permits/events HTTP/1.1\r\n" + HOST + authorization + b"\r\n"
    post = b"POST /v1/permits/reports HTTP/1.1\r\n" + HOST + authorization
    keyed = b"Idempotency-Key: storm\r\nContent-Length: 2000\r\n\r\n"
    return {
        "half a head": get[: len(get) // 2],
        "a read": get,
        "a public read, perhaps kept": get.replace(b"/events", b"/disclosure/permits").replace(
            authorization, b""
        ),
        "four services at once": get.replace(b"/permits/events", b"/enterprises/911525017332825861"),
        "a head": get.replace(b"GET ", b"HEAD "),
        "two reads in a row": get + get,
        "a long poll": get.replace(b"/events", b"/events?after=0&wait=20"),
        "half a body": post + b"Content-Length: 100000\r\n\r\n" + bytes(40_000),
        "half a chunk": post + b"Transfer-Encoding: chunked\r\n\r\n1000\r\nhalf",
        "a submission": post + keyed + bytes(2000),
        "no permission": get.replace(authorization, b""),
        "no such path": get.replace(b"/events", b"/nothing"),
    }


async def leaves(port: int, request: bytes, rng: random.Random) -> None:
    """Sends, perhaps reads something, and is gone: with FIN, with RST, or with FIN after a half close."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        if rng.random() < 0.5:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(rng.random() / 10):
                    await reader.read(rng.choice((1, 4000)))
        elif rng.random() < 0.8:
            await asyncio.sleep(rng.random() / 20)
        if rng.random() < 0.3:
            linger = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
        elif rng.random() < 0.2:
            writer.write_eof()
            await asyncio.sleep(0.01)
    except ConnectionError:
        return
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def storm(gateway: Alone, clients: int, choose: Callable[[random.Random], bytes]) -> None:
    rng = random.Random(29)
    left = iter(range(clients))

    async def one_after_the_other() -> None:
        for _ in left:
            await leaves(gateway.port, choose(rng), rng)

    await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))


async def test_clients_that_leave_leave_nothing_behind(tmp_path: Path, make_database: MakeDatabase) -> None:
    database = await asyncio.to_thread(make_database, "gateway")
    service = Slow()
    async with contextlib.AsyncExitStack() as running:
        port = await running.enter_async_context(served(service))
        urls = {f"STEPPE_{name}_URL": f"http://127.0.0.1:{port}" for name in ("WASTE", "CREDIT", "EMERGENCY")}
        gateway = await running.enter_async_context(gateway_process(tmp_path, database, port, **urls))
        authorization = gateway.authorization()
        caller = Caller(gateway.port, authorization)
        await caller.get("/v1/permits/events")
        await caller.close()
        await asyncio.sleep(0.2)
        baseline = await gateway.held()

        kinds = list(requests(authorization).values())
        await storm(gateway, CLIENTS, lambda rng: rng.choice(kinds))

        held = await gateway.settled(tasks=baseline.tasks, idle=IDLE_CONNECTIONS)
        assert (held.slots, held.in_flight, held.working, held.clients) == (0, 0, 0, 0)
        async with asyncio.timeout(300):
            while service.running:
                await asyncio.sleep(0.02)
        assert service.ended["left"] > CLIENTS / 10  # the service learnt of it, and at once
        await caller.get("/v1/permits/events")
        await caller.close()
        assert [answer.status for answer in caller.answers] == [200, 200]
        assert caller.failures == []
