"""Two instances of a service, real processes: restarted one after the other or killed, and no caller notices."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.kit.pytest_plugin import MakeDatabase
from tests.faults.support.alone import Alone, gateway_before_two
from tests.faults.support.callers import Answered, Caller
from tests.gateway.rig import until

pytestmark = pytest.mark.stack

READERS, SUBMITTERS = 6, 3


@pytest.fixture
async def gateway(tmp_path: Path, make_database: MakeDatabase) -> AsyncIterator[Alone]:
    database = await asyncio.to_thread(make_database, "gateway")
    hurried = {"STEPPE_GATEWAY_RESILIENCE__OUTLIER_EJECTION": "0.5"}
    async with gateway_before_two(tmp_path, database, **hurried) as running:
        yield running


class Load:
    """Callers that never rest; `answers` are all that they got, in order."""

    def __init__(self, gateway: Alone) -> None:
        authorization = gateway.authorization()
        self.callers = [Caller(gateway.port, authorization) for _ in range(READERS + SUBMITTERS)]
        self.over = False

    @property
    def answers(self) -> list[Answered]:
        return [answer for caller in self.callers for answer in caller.answers]

    async def more(self, count: int = 200) -> list[Answered]:
        """The next answers."""
        before = [len(caller.answers) for caller in self.callers]
        await until(lambda: len(self.answers) >= sum(before) + count, seconds=30)
        return [
            each for caller, seen in zip(self.callers, before, strict=True) for each in caller.answers[seen:]
        ]

    async def read_on(self, caller: Caller) -> None:
        while not self.over:
            await caller.get("/v1/permits/events")

    async def submit_on(self, caller: Caller) -> None:
        while not self.over:
            await caller.post("/v1/permits/reports", b"{}")


@contextlib.asynccontextmanager
async def under_load(gateway: Alone) -> AsyncIterator[Load]:
    """Nobody was cut, refused, or given anything but the service's own answer."""
    load = Load(gateway)
    work = [load.read_on(each) for each in load.callers[:READERS]]
    work += [load.submit_on(each) for each in load.callers[READERS:]]
    running = asyncio.gather(*work)
    try:
        yield load
    finally:
        load.over = True
        await running
        for caller in load.callers:
            await caller.close()
    assert [(caller.failures, caller.refused) for caller in load.callers] == [([], 0)] * len(load.callers)
    assert {answer.status for answer in load.answers} == {200, 201}


def who(answers: list[Answered]) -> set[bytes]:
    return {answer.body for answer in answers}


async def test_they_are_restarted_one_after_the_other_and_no_caller_notices(gateway: Alone) -> None:
    async with under_load(gateway) as load:
        before = who(await load.more())
        for name in ("one", "two"):
            await asyncio.to_thread(gateway.stack.restart, name)
            await load.more()
        async with asyncio.timeout(300):
            while len(who(await load.more(50)) - before) < 2:  # the last ejection has to be over
                pass
    assert len(before) == 2


async def test_one_is_killed_and_comes_back_and_no_caller_notices(gateway: Alone) -> None:
    async with under_load(gateway) as load:
        assert len(who(await load.more())) == 2
        gateway.stack.kill("one", signal.SIGKILL)
        async with asyncio.timeout(300):
            while not (await gateway.held()).ejected:
                await load.more(20)
        assert (await gateway.held()).retries > 0
        await asyncio.to_thread(gateway.stack.restart, "one")
        async with asyncio.timeout(300):
            while len(who(await load.more(50))) < 2:
                pass
