"""Work beside a block, and one call for all who wait."""

from __future__ import annotations

import asyncio

import pytest
import structlog

from services.kit.meanwhile import OneForAll, meanwhile


async def test_work_goes_on_for_the_life_of_the_block_and_no_longer() -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with meanwhile(work(), work()):
        await begun.wait()
        assert not ended.is_set()
    assert ended.is_set()


async def test_work_that_broke_off_is_told_of_and_hides_nothing_of_the_block(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = structlog.testing.CapturingLogger()
    monkeypatch.setattr("services.kit.meanwhile.log", log)

    async def work() -> None:
        raise LookupError("gone")

    with pytest.raises(KeyError):
        async with meanwhile(work()):
            await asyncio.sleep(0)
            raise KeyError("the block's own")
    (said,) = log.calls
    assert (said.method_name, said.args) == ("error", ("background_work_broke_off",))
    assert isinstance(said.kwargs["exc_info"], LookupError)


async def test_all_who_ask_share_one_call_and_the_next_is_another() -> None:
    calls, go_on = 0, asyncio.Event()

    async def call() -> int:
        nonlocal calls
        calls += 1
        await go_on.wait()
        return calls

    asked = OneForAll(call)
    leaving, *staying = [asyncio.ensure_future(asked()) for _ in range(3)]
    await asyncio.sleep(0)
    leaving.cancel()
    go_on.set()
    assert await asyncio.gather(*staying) == [1, 1]
    assert await asked() == 2


async def test_what_is_under_way_can_be_stopped() -> None:
    asked = OneForAll(asyncio.Event().wait)
    waiting = asyncio.ensure_future(asked())
    await asyncio.sleep(0)
    await asked.stop()
    with pytest.raises(asyncio.CancelledError):
        await waiting
