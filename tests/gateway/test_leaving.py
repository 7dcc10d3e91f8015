"""The gateway's own endpoints that call services: a client that leaves takes the calls with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI, Request

from gateway.client import ClientGone
from gateway.leaving import on_client_gone, while_there
from services.kit import errors
from services.kit.problems import NotFound
from services.kit.requests import BodyLimit, HeadAsGet
from tests.gateway.rig import HOST, closed, served, until


class Work:
    """What an endpoint waits for."""

    def __init__(self) -> None:
        self.begun = self.cancelled = 0
        self.outcome: Any = None

    async def __call__(self) -> Any:
        self.begun += 1
        try:
            if self.outcome is None:
                await asyncio.sleep(60)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.fixture
async def work() -> Work:
    return Work()


@pytest.fixture
async def port(work: Work) -> AsyncIterator[int]:
    app = FastAPI()
    errors.install(app)
    app.add_exception_handler(ClientGone, on_client_gone)
    app.add_middleware(HeadAsGet)
    app.add_middleware(BodyLimit, max_bytes=1000)

    @app.get("/")
    async def endpoint(request: Request) -> Any:
        return await while_there(request, work())

    async with served(app) as listening:
        yield listening


async def ask(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\n" + HOST + b"\r\n")
    return reader, writer


async def test_a_client_that_leaves_takes_the_work_with_it(port: int, work: Work) -> None:
    _, writer = await ask(port)
    await until(lambda: work.begun)
    assert not work.cancelled
    await closed(writer)
    await until(lambda: work.cancelled)


@pytest.mark.parametrize(("outcome", "status"), [("done", b"200"), (NotFound(), b"404")])
async def test_who_stays_is_answered(port: int, work: Work, outcome: object, status: bytes) -> None:
    work.outcome = outcome
    reader, writer = await ask(port)
    assert (await reader.readuntil(b"\r\n")).split()[1] == status
    await closed(writer)
    assert (work.begun, work.cancelled) == (1, 0)
