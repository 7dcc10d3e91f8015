"""Long polls at a gateway that is told to end: answered at once, and the call to the service is taken back."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Receive, Scope, Send

from gateway.resilience.errors import Draining
from gateway.resilience.long_polls import nothing_new, unless_told_to_end
from services.kit import draining
from tests.gateway.resilience.instances import exchange, several
from tests.gateway.rig import HOST, PATIENCE, answer, closed, until

POLL = b"GET /v1/permits/events?after=41&wait=20 HTTP/1.1\r\n" + HOST + b"\r\n"


@pytest.fixture(autouse=True)
def not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "_told", False)
    monkeypatch.setattr(draining, "_listeners", [])


async def hang(_: Scope, receive: Receive, __: Send) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def test_who_waits_is_told_that_there_is_nothing_new_and_where_to_read_on() -> None:
    async with several() as gateway:
        gateway.services[0].behave = hang
        waiting = asyncio.create_task(exchange(gateway.port, POLL))
        await until(lambda: gateway.asked() == [1])
        draining.begin()
        received = await waiting
        assert received.startswith(b"HTTP/1.1 200 ")
        assert b"\r\nsteppe-next-position: 41\r\n" in received
        assert received.endswith(b"\r\n\r\n[]")
        await asyncio.wait_for(gateway.services[0].seen[0].disconnected.wait(), PATIENCE)
        assert gateway.upstream.snapshot().in_flight == 0
        assert not gateway.clients[0].connections_in_use


async def test_other_calls_that_wait_are_refused_with_a_time_to_come_again() -> None:
    async with several() as gateway:
        gateway.services[0].behave = hang
        waiting = asyncio.create_task(exchange(gateway.port, POLL.replace(b"/events", b"/news")))
        await until(lambda: gateway.asked() == [1])
        draining.begin()
        received = await waiting
    assert received.startswith(b"HTTP/1.1 503 ")
    assert b'"draining"' in received


async def test_calls_that_do_not_wait_are_answered_by_the_service() -> None:
    async with several() as gateway:
        draining.begin()
        assert (await exchange(gateway.port, POLL.replace(b"&wait=20", b""))).endswith(b"ok")


async def test_a_poll_that_the_service_answers_is_passed_on_and_leaves_no_listener() -> None:
    async def news(_: Scope, __: Receive, send: Send) -> None:
        await asyncio.sleep(0.05)
        await answer(send, b"news")

    async with several() as gateway:
        gateway.services[0].behave = news
        assert (await exchange(gateway.port, POLL)).endswith(b"news")
        assert draining._listeners == []


async def test_a_client_that_leaves_a_poll_takes_the_call_with_it() -> None:
    async with several() as gateway:
        gateway.services[0].behave = hang
        _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(POLL)
        await until(lambda: gateway.asked() == [1])
        await closed(writer)
        await asyncio.wait_for(gateway.services[0].seen[0].disconnected.wait(), PATIENCE)
        await until(lambda: gateway.upstream.snapshot().in_flight == 0)
        assert draining._listeners == []


async def test_a_result_that_comes_in_the_moment_of_leaving_is_discarded() -> None:
    discarded: list[str] = []

    async def call() -> str:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            return "too late"
        return "in time"

    task = asyncio.create_task(unless_told_to_end(call(), discard=discarded.append))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert discarded == ["too late"]


@pytest.mark.parametrize(
    ("query", "position"),
    [(b"after=7&wait=3", b"7"), (b"wait=3", b"0"), (b"wait=3&after=x", b"0"), (b"wait=1&after=9&x=1", b"9")],
)
async def test_the_position_is_the_callers_own(query: bytes, position: bytes) -> None:
    empty = nothing_new(b"/v1/waste/events", query)
    assert (b"steppe-next-position", position) in empty.headers
    assert (await empty.read(), empty.finished) == (b"[]", True)


def test_what_is_no_feed_has_no_empty_answer() -> None:
    with pytest.raises(Draining):
        nothing_new(b"/v1/waste/events/1", b"wait=3")
