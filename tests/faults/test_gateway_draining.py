"""A gateway that is told to end under load: not ready at once, and nobody who was let in is cut."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
from pathlib import Path

import psutil
import pytest
from starlette.types import Message, Receive, Scope, Send

from services.kit.pytest_plugin import MakeDatabase
from tests.faults.support.alone import gateway_process
from tests.faults.support.callers import Caller
from tests.gateway.rig import Service, answer, served, until

pytestmark = pytest.mark.stack

READS, UPLOADS, POLLS, STREAMS = 8, 3, 3, 3


async def busy(scope: Scope, receive: Receive, send: Send) -> None:
    """A service that takes a while for everything."""
    query = scope["query_string"]
    if b"wait=" in query:
        while (await receive())["type"] != "http.disconnect":
            pass
    elif scope["method"] == "POST":
        size = 0
        while True:
            message: Message = await receive()
            size += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        await answer(send, b"%d" % size, status=201)
    elif b"after=1" in query:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(15):
            await send({"type": "http.response.body", "body": bytes(1000), "more_body": True})
            await asyncio.sleep(0.1)
        await send({"type": "http.response.body", "body": b"end"})
    else:
        await asyncio.sleep(random.random() / 20)
        await answer(send, b"ok")


async def ready(port: int) -> tuple[int, str]:
    """What a balancer learns: status and standing; (0, "") where nobody listens."""
    caller = Caller(port, b"")
    await caller.call(caller.head("GET", "/readyz", b"Connection: close"))
    if not caller.answers:
        return 0, ""
    return caller.answers[0].status, json.loads(caller.answers[0].body)["status"]


async def test_nobody_is_cut_when_the_gateway_is_told_to_end_under_load(
    tmp_path: Path, make_database: MakeDatabase
) -> None:
    database = await asyncio.to_thread(make_database, "gateway")
    service = Service()
    service.behave = busy
    async with served(service) as port, gateway_process(tmp_path, database, port) as gateway:
        authorization = gateway.authorization()
        balanced = True  # as long as the balancer sends requests here

        async def read_on(caller: Caller) -> None:
            while balanced or caller.connected:  # a connection is used until it is asked to be closed
                await caller.get("/v1/permits/events")

        def caller() -> Caller:
            return Caller(gateway.port, authorization)

        readers = [caller() for _ in range(READS)]
        uploads, polls, streams = ([caller() for _ in range(n)] for n in (UPLOADS, POLLS, STREAMS))
        work = [read_on(each) for each in readers]
        for each in uploads:
            head = each.head("POST", "/v1/permits/reports", b"Transfer-Encoding: chunked")
            work.append(each.call(head, *[bytes(10_000)] * 15, pause=0.1))
        work += [each.get("/v1/permits/events?after=5&wait=20") for each in polls]
        work += [each.get("/v1/permits/events?after=1") for each in streams]
        running = asyncio.gather(*work)
        everything = READS + UPLOADS + POLLS + STREAMS
        await until(lambda: len({seen.client for seen in service.seen}) >= everything - READS)
        await until(lambda: sum(len(each.answers) for each in readers) > 20)

        process = psutil.Process(gateway.pid)
        os.kill(gateway.pid, signal.SIGTERM)
        seen_draining = False
        async with asyncio.timeout(300):
            while (standing := await ready(gateway.port)) != (0, ""):
                seen_draining |= standing == (503, "draining")
                balanced = standing[0] == 200 and balanced
                await asyncio.sleep(0.02)
        balanced = False
        await running
        assert await asyncio.to_thread(process.wait, 20) in (0, None)
        everyone = [*readers, *uploads, *polls, *streams]
        for each in everyone:
            await each.close()

    assert [each.failures for each in everyone] == [[]] * everything
    assert {answer.status for each in readers for answer in each.answers} == {200}
    assert [[(a.status, a.body) for a in each.answers] for each in uploads] == [[(201, b"150000")]] * UPLOADS
    assert [[(a.status, a.body) for a in each.answers] for each in polls] == [[(200, b"[]")]] * POLLS
    assert [[len(a.body) for a in each.answers] for each in streams] == [[15_003]] * STREAMS
    assert seen_draining
    assert all(each.answers[-1].last for each in readers)
