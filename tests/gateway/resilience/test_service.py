"""A service behind breaker, budget and choice of instance, through real sockets."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.types import Receive, Scope, Send

from gateway.policy.rules import RateClass
from gateway.resilience.breaker import BreakerState
from gateway.upstream import Request, UpstreamLimits
from services.kit.lanes import HEADER
from tests.gateway.resilience.instances import GET, POST, Several, exchange, route, several, status
from tests.gateway.rig import answer, closed, until

KEYED = POST + b"Idempotency-Key: 1\r\nContent-Length: 4\r\n\r\nbody"
UNKEYED = POST + b"Content-Length: 4\r\n\r\nbody"
QUIET = {"retry_ratio": 0.0, "retry_floor": 0}


async def garbled(_: Scope, __: Receive, send: Send) -> None:
    """No proper answer, and a connection of no further use."""
    await answer(send, b"", status=101)


async def test_failing_calls_open_the_breaker_which_says_when_to_come_again() -> None:
    async with several(dead=1, count=0, breaker_minimum_calls=4, breaker_open=20, **QUIET) as gateway:
        assert [await gateway.status() for _ in range(4)] == [502] * 4
        refused = await gateway.raw()
    head, _, body = refused.partition(b"\r\n\r\n")
    assert json.loads(body)["code"] == "service_unavailable"
    assert b"127.0.0.1" not in refused
    retry_after = int(head.lower().partition(b"retry-after: ")[2].split()[0])
    assert 1 <= retry_after <= 20
    assert gateway.upstream.snapshot().breaker is BreakerState.OPEN
    assert gateway.upstream.snapshot().refused_open == 1


@pytest.mark.parametrize(
    ("code", "opens"), [(500, False), (404, False), (502, True), (503, True), (504, True)]
)
async def test_which_answers_say_that_a_service_is_not_well(code: int, opens: bool) -> None:
    async with several(breaker_minimum_calls=4, breaker_open=20) as gateway:
        gateway.services[0].behave = status(code)
        assert [await gateway.status() for _ in range(4)] == [code] * 4
        assert (gateway.upstream.snapshot().breaker is BreakerState.OPEN) is opens


async def test_a_service_that_lets_others_go_first_is_well_and_only_the_gateway_hears_why() -> None:
    async def no_place(_: Scope, __: Receive, send: Send) -> None:
        headers = [(b"retry-after", b"2"), (HEADER.encode(), b"1")]
        await answer(send, b"", status=503, headers=headers)

    async with several(count=2, breaker_minimum_calls=4, outlier_failures=1) as gateway:
        for each in gateway.services:
            each.behave = no_place
        answers = [await gateway.raw() for _ in range(6)]
        assert all(b" 503 " in each and b"retry-after: 2" in each.lower() for each in answers)
        assert not any(HEADER.encode() in each.lower() for each in answers)
        state = gateway.upstream.snapshot()
        assert (state.breaker, state.ejected) == (BreakerState.CLOSED, 0)


async def test_a_service_that_has_come_back_is_asked_again() -> None:
    async with several(breaker_minimum_calls=4, breaker_open=0.1) as gateway:
        gateway.services[0].behave = status(503)
        for _ in range(4):
            await gateway.status()
        gateway.services[0].behave = None
        await until(lambda: gateway.upstream.snapshot().breaker is BreakerState.HALF_OPEN)
        assert [await gateway.status() for _ in range(3)] == [200] * 3
        assert gateway.upstream.snapshot().breaker is BreakerState.CLOSED


async def test_while_half_open_one_call_at_a_time_reaches_the_service() -> None:
    release = asyncio.Event()

    async def held(_: Scope, __: Receive, send: Send) -> None:
        await release.wait()
        await answer(send, b"ok")

    async with several(breaker_minimum_calls=4, breaker_open=0.1) as gateway:
        gateway.services[0].behave = status(503)
        for _ in range(4):
            await gateway.status()
        gateway.services[0].behave = held
        await until(lambda: gateway.upstream.snapshot().breaker is BreakerState.HALF_OPEN)
        probe = asyncio.create_task(gateway.status())
        await until(lambda: gateway.asked() == [5])
        assert [await gateway.status() for _ in range(3)] == [503] * 3
        release.set()
        assert await probe == 200
        assert gateway.asked() == [5]


async def test_a_probe_whose_client_leaves_does_not_keep_the_breaker_shut() -> None:
    async def hang(_: Scope, receive: Receive, __: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async with several(breaker_minimum_calls=4, breaker_open=0.1) as gateway:
        gateway.services[0].behave = status(503)
        for _ in range(4):
            await gateway.status()
        gateway.services[0].behave = hang
        await until(lambda: gateway.upstream.snapshot().breaker is BreakerState.HALF_OPEN)
        _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(GET)
        await until(lambda: gateway.asked() == [5])
        await closed(writer)
        await until(lambda: gateway.upstream.snapshot().in_flight == 0)
        gateway.services[0].behave = None
        assert await gateway.status() == 200


async def test_an_answer_that_breaks_off_counts_as_a_failure() -> None:
    async def broken(_: Scope, __: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise asyncio.CancelledError

    async with several(breaker_minimum_calls=4, breaker_open=20) as gateway:
        gateway.services[0].behave = broken
        for _ in range(4):
            assert (await gateway.raw()).endswith(b"half")
        await until(lambda: gateway.upstream.snapshot().in_flight == 0)
        assert gateway.upstream.snapshot().breaker is BreakerState.OPEN


@pytest.mark.parametrize(
    ("request_", "attempts"), [(GET, 3), (GET.replace(b"GET", b"HEAD"), 3), (KEYED, 3), (UNKEYED, 1)]
)
async def test_only_calls_that_may_be_made_twice_are(request_: bytes, attempts: int) -> None:
    async with several() as gateway:
        gateway.services[0].behave = garbled
        assert await gateway.status(request_) == 502
        assert gateway.asked() == [attempts]


@pytest.mark.parametrize("request_", [GET, KEYED, UNKEYED])
async def test_a_call_that_was_never_sent_goes_to_another_instance(request_: bytes) -> None:
    async with several(1, dead=1) as gateway:
        assert [await gateway.status(request_) for _ in range(20)] == [200] * 20
        assert gateway.asked() == [20]


async def test_a_body_that_streams_is_not_sent_twice() -> None:
    async with several() as gateway:
        gateway.services[0].behave = garbled
        body = POST + b"Idempotency-Key: 1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(body)
        await until(lambda: gateway.asked() == [1])
        writer.write(b"0\r\n\r\n")
        assert (await reader.readuntil(b"\r\n")).split()[1] == b"502"
        await closed(writer)
        assert gateway.asked() == [1]


async def test_an_answer_is_never_asked_for_again_once_it_has_begun() -> None:
    async with several() as gateway:
        gateway.services[0].behave = status(503)
        assert await gateway.status() == 503
        assert gateway.asked() == [1]


async def test_retries_stay_within_their_budget() -> None:
    async with several(breaker_minimum_calls=1000, retry_floor=3, retry_ratio=0.2) as gateway:
        gateway.services[0].behave = garbled
        for _ in range(10):
            await gateway.status()
        assert gateway.asked() == [13]
        assert gateway.upstream.snapshot().retries == 3


async def test_all_attempts_together_have_the_time_of_the_route() -> None:
    first = True

    async def garbled_then_hang(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal first
        if first:
            first = False
            await garbled(scope, receive, send)
        while (await receive())["type"] != "http.disconnect":
            pass

    async with several(policy=route(seconds=1.5)) as gateway:
        gateway.services[0].behave = garbled_then_hang
        assert await gateway.status() == 504
        assert gateway.asked() == [2]
        await until(lambda: not gateway.clients[0].connections_in_use)


async def test_the_time_of_a_route_is_the_time_for_its_answer() -> None:
    async def hang(_: Scope, receive: Receive, __: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async with several(policy=route(seconds=1), limits=UpstreamLimits(head=60)) as gateway:
        gateway.services[0].behave = hang
        assert await gateway.status() == 504
        assert gateway.asked() == [1]


async def test_a_client_that_leaves_while_a_retry_waits_its_time_is_let_go() -> None:
    async with several(retry_pause=20, retry_most_pause=20) as gateway:
        gateway.services[0].behave = garbled
        _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(GET)
        await until(lambda: gateway.upstream.snapshot().retries == 1)
        await closed(writer)
        gateway.services[0].behave = None
        assert await gateway.status() == 200
        assert gateway.asked() == [2]


async def test_an_instance_that_fails_is_left_alone_and_clients_notice_nothing() -> None:
    async with several(2, outlier_failures=3, retry_floor=10) as gateway:
        gateway.services[0].behave = garbled
        assert [await gateway.status() for _ in range(40)] == [200] * 40
        assert gateway.asked()[0] == 3
        assert gateway.upstream.snapshot().ejected == 1
        assert gateway.upstream.snapshot().breaker is BreakerState.CLOSED


async def test_links_to_any_instance_become_relative() -> None:
    async with several(2) as gateway:
        for service, client in zip(gateway.services, gateway.clients, strict=True):

            async def moved(_: Scope, __: Receive, send: Send, at: bytes = client.authority) -> None:
                location = (b"location", b"http://" + at + b"/v1/permits/y")
                await answer(send, b"", status=201, headers=[location])

            service.behave = moved
        for _ in range(10):
            assert b"\r\nlocation: /v1/permits/y\r\n" in await gateway.raw()
        assert min(gateway.asked()) > 0


async def test_looking_how_a_service_is_does_not_count_against_it() -> None:
    async with several(breaker_minimum_calls=1) as gateway:
        gateway.services[0].behave = status(503)
        for _ in range(5):
            answer_ = await gateway.upstream.direct().send(Request("GET", b"/readyz", b"", [], None))
            assert answer_.status == 503
            answer_.close()
        assert gateway.upstream.snapshot().breaker is BreakerState.CLOSED
        assert gateway.upstream.snapshot().in_flight == 0


async def hang(_: Scope, receive: Receive, __: Send) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def flood(gateway: Several, count: int, request: bytes = GET) -> list[asyncio.StreamWriter]:
    """So many clients that wait for an answer."""
    writers = []
    for _ in range(count):
        _, writer = await asyncio.open_connection("127.0.0.1", gateway.port)
        writer.write(request)
        writers.append(writer)
    return writers


FEW = {"concurrency_initial": 10, "concurrency_minimum": 10, "concurrency_maximum": 10}


async def test_a_flood_is_refused_with_503_and_a_time_to_come_again_before_submissions_are() -> None:
    async with several(policy=route(), **FEW) as reads:
        reads.services[0].behave = hang
        writers = await flood(reads, 8)
        await until(lambda: reads.upstream.snapshot().working == 8)
        refused = await reads.raw()
        assert json.loads(refused.partition(b"\r\n\r\n")[2])["code"] == "overloaded"
        assert 1 <= int(refused.lower().partition(b"retry-after: ")[2].split()[0]) <= 3
        assert reads.upstream.snapshot().shed[RateClass.READS] == 1
        reads.services[0].behave = None
        async with reads.also_for(route(rate=RateClass.SUBMISSIONS)) as port:
            assert b" 200 " in (await exchange(port, KEYED)).partition(b"\r\n")[0]
        for writer in writers:
            await closed(writer)
        await until(lambda: reads.upstream.snapshot().in_flight == 0)
        assert await reads.status() == 200


async def test_long_polls_take_no_room_from_work() -> None:
    poll = GET.replace(b"/x ", b"/x?wait=20 ")
    async with several(most_waiting=20, **FEW) as gateway:
        gateway.services[0].behave = hang
        writers = await flood(gateway, 20, poll)
        await until(lambda: gateway.upstream.snapshot().waiting == 20)
        assert await gateway.status(poll) == 503
        gateway.services[0].behave = None
        assert await gateway.status() == 200
        for writer in writers:
            await closed(writer)
        await until(lambda: gateway.upstream.snapshot().in_flight == 0)


async def test_the_limit_follows_how_long_answers_take() -> None:
    async with several(concurrency_initial=20, concurrency_minimum=4, concurrency_maximum=20) as gateway:

        async def taking(seconds: float) -> float:
            """Twelve calls at once; how long all of them took."""

            async def slow(_: Scope, __: Receive, send: Send) -> None:
                await asyncio.sleep(seconds)
                await answer(send, b"ok")

            gateway.services[0].behave = slow
            began = asyncio.get_running_loop().time()
            await asyncio.gather(*(gateway.status() for _ in range(12)))
            return asyncio.get_running_loop().time() - began

        quick = max([await taking(0) for _ in range(3)])
        for _ in range(4):
            await taking(max(0.4, 4 * quick))  # beyond what is tolerated, also where quick ones are slow
        assert gateway.upstream.snapshot().limit < 20


async def test_answers_that_break_off_leave_no_room_taken() -> None:
    async with several(**FEW, **QUIET) as gateway:
        gateway.services[0].behave = garbled
        for _ in range(15):
            assert await gateway.status() == 502
        assert gateway.upstream.snapshot().in_flight == gateway.upstream.snapshot().working == 0
