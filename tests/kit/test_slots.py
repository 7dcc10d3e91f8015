"""Slots against their promise: never more at once than there are, none lost, whoever gives up and when."""

from __future__ import annotations

import asyncio
import random

import pytest

from services.kit.slots import Slots


async def test_they_go_to_whoever_waited_longest() -> None:
    slots, served = Slots(1), list[int]()
    assert slots.take()
    assert not slots.take()

    async def wait(number: int) -> None:
        await slots.wait()
        served.append(number)

    tasks = [asyncio.create_task(wait(number)) for number in range(3)]
    await asyncio.sleep(0)
    for number in range(3):
        slots.release()
        assert not slots.take()  # it is somebody's who waited
        await tasks[number]
    assert served == [0, 1, 2]
    slots.release()
    assert slots.take()


@pytest.mark.parametrize("given_first", [False, True])
async def test_who_gives_up_takes_none_along(given_first: bool) -> None:
    slots = Slots(1)
    assert slots.take()
    task = asyncio.create_task(slots.wait())
    await asyncio.sleep(0)
    if given_first:
        slots.release()
        task.cancel()
    else:
        task.cancel()
        slots.release()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert slots.take()
    assert not slots.take()


async def test_those_who_gave_up_are_not_kept_until_one_is_free() -> None:
    slots = Slots(0)
    for _ in range(100):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await slots.wait()
    assert len(slots._waiting) <= 1


@pytest.mark.parametrize("seed", range(20))
async def test_none_is_lost_and_none_is_made(seed: int) -> None:
    chance = random.Random(seed)
    slots, most, held = Slots(3), 0, 0

    async def use() -> None:
        nonlocal most, held
        if not slots.take():
            await slots.wait()
        held += 1
        most = max(most, held)
        try:
            for _ in range(chance.randrange(3)):
                await asyncio.sleep(0)
        finally:
            held -= 1
            slots.release()

    tasks = [asyncio.create_task(use()) for _ in range(60)]
    for _ in range(30):
        await asyncio.sleep(0)
        chance.choice(tasks).cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert most == 3
    assert [slots.take() for _ in range(4)] == [True, True, True, False]
