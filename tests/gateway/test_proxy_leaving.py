"""Clients that leave: the service learns of it, and the gateway keeps no task, socket or pool slot."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator

import pytest
from starlette.types import Message, Receive, Scope, Send

from gateway.proxy import Proxy
from tests.gateway.rig import HOST, Rig, answer, closed, rigged, until

GET = b"GET /v1/permits/x HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /v1/permits/x HTTP/1.1\r\n" + HOST
KIB = 1024


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with rigged() as made:
        before = asyncio.all_tasks()
        yield made
        await made.idle()
        await until(lambda: asyncio.all_tasks() - before == {asyncio.current_task()})


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
    await asyncio.wait_for(rig.service.seen[0].disconnected.wait(), 1)


async def test_leaving_in_the_middle_of_the_answer_ends_the_call_to_the_service(rig: Rig) -> None:
    rig.service.behave = hang_in_the_answer
    await leave_after(rig, GET, seen=b"begun")
    await asyncio.wait_for(rig.service.seen[0].disconnected.wait(), 1)


@pytest.mark.parametrize(
    "framing", [b"Content-Length: 9\r\n\r\nhalf", b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"]
)
async def test_leaving_in_the_middle_of_the_body_never_gives_the_service_a_whole_one(
    rig: Rig, framing: bytes
) -> None:
    await leave_after(rig, POST + framing)
    await asyncio.wait_for(rig.service.seen[0].disconnected.wait(), 1)
    assert not rig.service.seen[0].complete


async def test_leaving_while_body_and_answer_both_flow_ends_the_call(rig: Rig) -> None:
    rig.service.behave = hang_in_the_answer
    await leave_after(rig, POST + b"Content-Length: 9\r\n\r\nhalf", seen=b"begun")
    await asyncio.wait_for(rig.service.seen[0].disconnected.wait(), 1)


async def test_a_storm_of_200_leaving_clients_leaves_nothing_behind(rig: Rig) -> None:
    rng = random.Random(7)

    async def slow(_: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await asyncio.sleep(rng.random() / 50)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(10):
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


async def test_a_client_that_reads_its_answer_and_leaves_disturbs_nobody(rig: Rig) -> None:
    for _ in range(5):
        await leave_after(rig, GET, seen=b"ok")
    assert not any(seen.disconnected.is_set() for seen in rig.service.seen)


async def test_cancelling_the_proxy_from_outside_is_passed_on_and_ends_the_call(rig: Rig) -> None:
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
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(rig.service.seen[0].disconnected.wait(), 1)


async def test_answers_are_not_delayed_by_clients_that_hold_on(rig: Rig) -> None:
    async def echo(_: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await answer(send, b"done")

    rig.service.behave = echo
    reader, writer = await asyncio.open_connection("127.0.0.1", rig.port)
    for _ in range(20):
        writer.write(GET)
        await asyncio.wait_for(reader.readuntil(b"done"), 1)
    await closed(writer)
