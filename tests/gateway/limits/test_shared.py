"""Gateways that count together in a real Redis, and what they do while it is away."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis import Redis
from redis.exceptions import RedisError

from gateway.limits import counters, store
from gateway.limits.counters import SharedCounters
from gateway.limits.rules import Quota
from gateway.limits.windows import Windows
from infra.local.ports import free_port
from infra.process_table import PROCESSES
from tests.gateway.limits.files import limits_file
from tests.support.stack import TestStack, another_gateway
from tests.support.town import Town

QUOTA = Quota("reads", 10, 3600)


class Server:
    """A Redis of the test's own that can be stopped and started again."""

    def __init__(self, program: str, folder: Path) -> None:
        self.port = free_port(PROCESSES[:1])
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, cwd=self._folder, stdout=subprocess.DEVNULL)
        with Redis(port=self.port) as client:
            for _ in range(1200):
                with contextlib.suppress(RedisError):
                    if client.ping():
                        return
                self._process.poll()
                # The server is another process: there is nothing to wait on but its port.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(0.05)
        raise RuntimeError("redis-server did not come up")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("no redis-server here: .ci/redis installs one")
    made = Server(program, tmp_path)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> str:
    """The given server, else one of the test's own."""
    url: str = os.environ.get("STEPPE_TEST_REDIS_URL") or request.getfixturevalue("server").url
    return url


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine is no store that is away."""
    monkeypatch.setattr(store, "ANSWER_SECONDS", 10.0)


@contextlib.asynccontextmanager
async def two(url: str, *, gateways: int = 2) -> AsyncIterator[tuple[SharedCounters, SharedCounters]]:
    made = SharedCounters(url, gateways=gateways), SharedCounters(url, gateways=gateways)
    try:
        yield made
    finally:
        for each in made:
            await each.close()


async def test_two_count_together_exactly_however_they_race(redis_url: str) -> None:
    key = uuid.uuid4().hex
    async with two(redis_url) as (one, other):
        readings = await asyncio.gather(*(each.hit(key, QUOTA) for _ in range(10) for each in (one, other)))
        assert sum(reading.allowed for reading in readings) == QUOTA.amount
        assert not (await one.look(key, QUOTA)).allowed
        refused = await other.hit(key, QUOTA)
        assert (refused.allowed, refused.remaining) == (False, 0)
        assert 1 <= refused.reset <= 2 * QUOTA.window


async def test_what_has_counted_is_not_sent_again_where_only_some_scripts_are_there(server: Server) -> None:
    """A store that was started anew, while another gateway is loading its scripts."""
    with Redis(port=server.port) as client:
        client.script_load(store._TAKE.decode())
    async with two(server.url) as (one, _):
        readings = [await one.hit("anew", QUOTA) for _ in range(QUOTA.amount + 1)]
    assert [(each.allowed, each.remaining) for each in readings] == [
        *((True, left) for left in reversed(range(QUOTA.amount))),
        (False, 0),
    ]


async def test_it_says_the_same_as_the_counter_in_memory(redis_url: str) -> None:
    key, windows = uuid.uuid4().hex, Windows()
    async with two(redis_url) as (one, _):
        for _ in range(QUOTA.amount + 2):
            shared, local = await one.hit(key, QUOTA), windows.hit(key, QUOTA)
            assert (shared.allowed, shared.remaining) == (local.allowed, local.remaining)


async def test_while_the_store_is_away_each_counts_alone_and_what_guards_secrets_gets_its_share(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counters, "PAUSE_SECONDS", 0.0)
    async with two(server.url) as (one, other):
        assert (await one.hit("before", QUOTA)).allowed
        server.stop()
        for each in (one, other):
            reads = [(await each.hit("reads", QUOTA)).allowed for _ in range(12)]
            assert reads == [True] * 10 + [False] * 2
            secrets = [(await each.hit("sign_in", QUOTA, guarded=True)).allowed for _ in range(7)]
            assert secrets == [True] * 5 + [False] * 2
            assert not (await each.look("sign_in", QUOTA, guarded=True)).allowed
        server.start()
        assert (await one.hit("after", QUOTA)).remaining == 9
        assert (await other.hit("after", QUOTA)).remaining == 8


async def test_a_store_that_hangs_holds_up_one_request_and_not_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store, "ANSWER_SECONDS", 0.25)
    monkeypatch.setattr(counters, "PAUSE_SECONDS", 60.0)
    asked = 0

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        while await reader.read(1024):
            pass
        writer.close()

    listener = await asyncio.start_server(silent, "127.0.0.1", 0)
    one = SharedCounters(f"redis://127.0.0.1:{listener.sockets[0].getsockname()[1]}/0")
    readings = [await one.hit("a", QUOTA) for _ in range(5)]
    assert [reading.remaining for reading in readings] == [9, 8, 7, 6, 5]
    assert asked == 1
    await one.close()
    listener.close()


async def test_two_gateways_with_all_they_are_share_a_callers_quota(
    town: Town, stack: TestStack, redis_url: str, tmp_path: Path
) -> None:
    holder = await town.holder()
    file = limits_file(tmp_path, {"reads": 6, "sign_in": 3})
    async with contextlib.AsyncExitStack() as running:
        first, second = [
            await running.enter_async_context(_gateway(stack, limits_url=redis_url, limits_file=file))
            for _ in range(2)
        ]
        headers = {"Authorization": f"Bearer {holder.token}"}
        answers = [
            await each.get("/v1/permits/permits", headers=headers)
            for _ in range(4)
            for each in (first, second)
        ]
        assert [answer.status_code for answer in answers] == [200] * 6 + [429] * 2
        left = [int(answer.headers["ratelimit"].split(";")[1].removeprefix("r=")) for answer in answers]
        assert left == [5, 4, 3, 2, 1, 0, 0, 0]
        assert answers[0].headers["ratelimit-policy"] == '"reads";q=6;w=3600'


@contextlib.asynccontextmanager
async def _gateway(stack: TestStack, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """Another gateway before the same services: its own socket, pools and connections to the store."""
    async with (
        another_gateway(stack, limits_scale=1, **settings) as base_url,
        httpx.AsyncClient(base_url=base_url, trust_env=False, timeout=60) as http,
    ):
        yield http
