"""Clients that leave: the service learns of it, and the gateway keeps no task, socket or pool slot."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from gateway.client import WATCH_AFTER_SECONDS, Client, ClientGone
from gateway.proxy import Proxy
from services.kit.telemetry import WHOLE
from tests.gateway.rig import HOST, PATIENCE, Rig, answer, closed, rigged, served, until

GET = b"GET /v1/permits/x HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /v1/permits/x HTTP/1.1\r\n" + HOST
KIB = 1024


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with rigged() as made:
        before = asyncio.all_tasks()
        yield made
        await made.idle()
        await until(lambda: not proxying(asyncio.all_tasks() - before))


def proxying(tasks: set[asyncio.Task[Any]]) -> set[str]:
    """Those of the tasks that serve a request or call a service; other fixtures share the loop, with their own."""
    files = {
        task.get_coro().cr_code.co_filename: task for task in tasks if hasattr(task.get_coro(), "cr_code")
    }
    return {
        file for file in files if any(part in file for part in ("/gateway/", "/uvicorn/", "/aiohttp/"))
    } - {__file__}


async def hang(_: Scope, receive: Receive, __: Send) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def hang_in_the_answer(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"begun", "more_body": True})
    await hang(scope, receive, send)


async def leave_after(rig: Rig, request: bytes, seen: bytes = b"") -> None:
    """Sends a request, waits until the service has it and the client has `seen`, then leaves."""
    reader, writer = await asyncio.open_connection("127.0.0.1", rig.port)
    writer.write(request)
    if seen:
        await reader.readuntil(seen)
    await until(lambda: rig.service.seen)
    await closed(writer)


async def test_leaving_before_the_first_byte_ends_the_call_to_the_service(rig: Rig) -> None:
    rig.service.behave = hang
    await leave_after(rig, GET)
    await asyncio.wait_for(rig.service.seen[0].disconnected.wait(), PATIENCE)


async def test_leaving_in_the_middle_of_the_answer_ends_the_call_to_the_service(rig: Rig) -> None:
    rig.service.behave = hang_in_the_answer
    await leave_after(rig, GET, seen=b"begun")
    await asyncio.wait_for(rig.service.seen[0].disconnected.wait(), PATIENCE)


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 9\r\n\r\nhalf", b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"]
)
async def test_leaving_in_the_middle_of_the_body_never_gives_the_service_a_whole_one(
    rig: Rig, framing: bytes
) -> None:
    await leave_after(rig, POST + framing)
    await asyncio.wait_for(rig.service.seen[0].disconnected.wait(), PATIENCE)
    assert not rig.service.seen[0].complete


async def test_leaving_while_body_and_answer_both_flow_ends_the_call(rig: Rig) -> None:
    rig.service.behave = hang_in_the_answer
    await leave_after(rig, POST + b"Content-Length: 9\r\n\r\nhalf", seen=b"begun")
    await asyncio.wait_for(rig.service.seen[0].disconnected.wait(), PATIENCE)


async def test_a_storm_of_200_leaving_clients_leaves_nothing_behind(rig: Rig) -> None:
    rng = random.Random(7)

    async def slow(_: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await asyncio.sleep(rng.random() / 50)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _number in range(10):
            await send({"type": "http.response.body", "body": bytes(KIB), "more_body": True})
            await asyncio.sleep(rng.random() / 100)
        await send({"type": "http.response.body", "body": b""})

    async def impatient() -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", rig.port)
        writer.write(
            rng.choice(
                [GET, POST + b"Content-Length: 4\r\n\r\nbody", POST + b"Content-Length: 9\r\n\r\nhalf"]
            )
        )
        await asyncio.sleep(rng.random() / 20)
        writer.transport.abort() if rng.random() < 0.5 else writer.close()

    rig.service.behave = slow
    await asyncio.gather(*(impatient() for _ in range(200)))
    await rig.idle()
    rig.service.behave = None
    assert (await rig.raw(GET, patience=0.5)).endswith(b"ok")


async def test_the_end_of_an_answer_is_not_taken_for_the_clients_leaving(rig: Rig) -> None:
    finished = asyncio.Event()

    async def slow(_: Scope, __: Receive, send: Send) -> None:
        await asyncio.sleep(2 * WATCH_AFTER_SECONDS)
        await answer(send, b"ok")

    rig.service.behave = slow

    async def around(scope: Scope, receive: Receive, send: Send) -> None:
        async def lingering(message: Message) -> None:
            await send(message)
            await asyncio.sleep(0.01)  # what a middleware may do after the last of an answer has gone out
            if WHOLE in message or message["type"] == "http.response.body":
                finished.set()

        await Proxy({"permits": rig.upstream})(scope, receive, lingering)

    async with served(around) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET)
        await asyncio.wait_for(reader.readuntil(b"ok"), PATIENCE)
        await asyncio.wait_for(finished.wait(), PATIENCE)
        await closed(writer)


@pytest.mark.parametrize("already_watching", [False, True])
async def test_cancelling_the_proxy_from_outside_is_passed_on_and_ends_the_call(
    rig: Rig, *, already_watching: bool
) -> None:
    rig.service.behave = hang

    async def stays() -> Message:
        await asyncio.sleep(0 if first.pop(0) else 60)
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(_: Message) -> None: ...

    first = [True, False]
    scope = {
        "type": "http",
        "method": "GET",
        "raw_path": b"/v1/permits/x",
        "query_string": b"",
        "headers": [(b"host", b"steppe.example")],
        "http_version": "1.1",
        "scheme": "http",
        "client": None,
    }
    task = asyncio.create_task(Proxy({"permits": rig.upstream})(scope, stays, send))
    await until(lambda: rig.service.seen)
    await asyncio.sleep(2 * WATCH_AFTER_SECONDS if already_watching else 0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(2 * WATCH_AFTER_SECONDS)
    await asyncio.wait_for(rig.service.seen[0].disconnected.wait(), PATIENCE)


async def test_a_cancellation_from_outside_is_not_taken_for_the_clients_leaving() -> None:
    leaving = asyncio.Event()

    async def receive() -> Message:
        await leaving.wait()
        return {"type": "http.disconnect"}

    async def block() -> None:
        with Client(receive, length=None, chunked=False, max_bytes=0, idle_seconds=1):
            await asyncio.sleep(60)

    for cancel_too, expected in ((False, ClientGone), (True, asyncio.CancelledError)):
        leaving.clear()
        task = asyncio.create_task(block())
        await asyncio.sleep(2 * WATCH_AFTER_SECONDS)
        leaving.set()
        if cancel_too:
            task.cancel()
        with pytest.raises(expected):
            await task
