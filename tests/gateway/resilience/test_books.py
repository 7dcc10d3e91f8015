"""Whatever becomes of calls, in whatever order: in the end nothing is held, and the breaker can still close."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.resilience.breaker import BreakerState
from gateway.resilience.service import ServiceUpstream
from gateway.resilience.settings import ResilienceSettings
from gateway.upstream import BrokenAnswerError, ConnectTimeout, NotConnected, Request, UpstreamResponse
from services.kit.problems import BadGateway, GatewayTimeout, Problem

FAILURES: dict[str, type[Problem]] = {
    "bad": BadGateway,
    "late": GatewayTimeout,
    "refused": NotConnected,
    "unconnected": ConnectTimeout,
}
OUTCOMES = ("ok", "unwell", "breaks", *FAILURES)
RULES = ResilienceSettings(
    breaker_minimum_calls=3,
    breaker_open=0.001,
    breaker_most_open=0.001,
    outlier_failures=2,
    outlier_ejection=0.001,
    concurrency_initial=4,
    concurrency_minimum=2,
    concurrency_maximum=6,
    most_open=8,
    most_waiting=2,
    retry_pause=0.001,
)


@dataclass(frozen=True)
class Plan:
    """One call: what the attempts come to, after how many turns of the loop, and when its caller leaves."""

    method: str
    waits: bool
    streams: bool
    attempts: tuple[str, ...]
    turns: int
    leaves_after: int | None
    reads: int


PLANS = st.builds(
    Plan,
    method=st.sampled_from(("GET", "POST")),
    waits=st.booleans(),
    streams=st.booleans(),
    attempts=st.lists(st.sampled_from(OUTCOMES), min_size=3, max_size=3).map(tuple),
    turns=st.integers(0, 3),
    leaves_after=st.none() | st.integers(0, 8),
    reads=st.integers(0, 2),
)


class Piece:
    """An answer of one piece, or of one that never comes."""

    authority = b"service:80"

    def __init__(self, *, status: int, breaks: bool) -> None:
        self.status, self.breaks = status, breaks
        self.headers: list[tuple[bytes, bytes]] = []
        self.finished = self.closed = False

    def at_once(self) -> None:
        return

    async def read(self) -> bytes:
        await asyncio.sleep(0)
        if self.breaks:
            raise BrokenAnswerError
        self.finished = True
        return b"piece"

    def close(self) -> None:
        self.closed = True


class Instance:
    """Does what the plan says that is named in the headers of each call."""

    def __init__(self) -> None:
        self.answers: list[Piece] = []

    async def send(self, request: Request) -> UpstreamResponse:
        headers = request.headers
        todo: list[str] = headers[0][1]  # type: ignore[assignment] - not a field, but what to do
        outcome = todo.pop(0) if todo else "ok"
        for _ in range(int(headers[1][1])):
            await asyncio.sleep(0)
        if outcome in FAILURES:
            raise FAILURES[outcome]
        self.answers.append(Piece(status=503 if outcome == "unwell" else 200, breaks=outcome == "breaks"))
        return self.answers[-1]

    async def close(self) -> None: ...


async def pieces() -> object:
    yield b"piece"


async def call(service: ServiceUpstream, plan: Plan) -> None:
    fields = [("todo", list(plan.attempts)), ("turns", str(plan.turns)), ("idempotency-key", "1")]
    body = pieces() if plan.streams else b"{}" if plan.method == "POST" else None
    query = b"wait=1" if plan.waits else b""
    answer = await service.send(Request(plan.method, b"/v1/permits/x", query, fields, body))  # type: ignore[arg-type]
    try:
        for _ in range(plan.reads):
            await answer.read()
    finally:
        answer.close()
        answer.close()  # a second time changes nothing


async def leave(task: asyncio.Task[None], after: int | None) -> None:
    if after is not None:
        for _ in range(after):
            await asyncio.sleep(0)
        task.cancel()


@given(st.lists(st.lists(PLANS, min_size=1, max_size=10), min_size=1, max_size=5), st.integers(1, 3))
@settings(max_examples=150)
def test_in_the_end_nothing_is_held(waves: list[list[Plan]], count: int) -> None:
    async def run() -> None:
        instances = [Instance() for _ in range(count)]
        service = ServiceUpstream("permits", instances, RULES)
        for plans in waves:
            await wave(service, plans)
            await asyncio.sleep(0.002)  # as long as the breaker stays open
        seen = service.snapshot()
        assert (seen.working, seen.waiting, seen.in_flight) == (0, 0, 0)
        assert sum(service._pool.in_flight()) == 0
        assert all(answer.closed for instance in instances for answer in instance.answers)
        await comes_back(service)

    asyncio.run(run())


async def wave(service: ServiceUpstream, plans: list[Plan]) -> None:
    """These calls at once, until all have ended."""
    tasks = [asyncio.create_task(call(service, plan)) for plan in plans]
    leaving = [leave(task, plan.leaves_after) for task, plan in zip(tasks, plans, strict=True)]
    ended = await asyncio.gather(*tasks, *leaving, return_exceptions=True)
    allowed = (Problem, BrokenAnswerError, asyncio.CancelledError)
    assert all(each is None or isinstance(each, allowed) for each in ended), ended


async def comes_back(service: ServiceUpstream) -> None:
    """A service that is well again is asked again."""
    well = Plan("GET", waits=False, streams=False, attempts=(), turns=0, leaves_after=None, reads=1)
    for _ in range(20):
        try:
            await call(service, well)
        except Problem:
            await asyncio.sleep(0.002)
    assert service.snapshot().breaker is BreakerState.CLOSED
