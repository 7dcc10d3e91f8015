"""The bounded memory of what never changes."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from services.kit.remembered import Remembered


@given(st.integers(1, 5), st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=60))
def test_the_last_that_were_asked_for_are_there_and_no_more(most: int, steps: list[tuple[bool, int]]) -> None:
    kept: Remembered[int, str] = Remembered(most)
    order: list[int] = []  # the one used last stands last
    for keeps, name in steps:
        if keeps:
            kept.keep(name, str(name))
            order = [each for each in order if each != name][-(most - 1) :] if most > 1 else []
            order.append(name)
        else:
            assert kept.get(name) == (str(name) if name in order else None)
            if name in order:
                order = [*(each for each in order if each != name), name]


class Reader:
    """Reads when it is let, and fails the first `failures` times."""

    def __init__(self, failures: int = 0) -> None:
        self.reads, self.failures = 0, failures
        self.may = asyncio.Event()

    async def __call__(self) -> str:
        self.reads += 1
        number = self.reads
        await self.may.wait()
        if number <= self.failures:
            raise ConnectionError
        return f"read {number}"


async def test_of_many_who_ask_at_once_one_reads() -> None:
    kept: Remembered[int, str] = Remembered(2)
    one, other = Reader(), Reader()
    waiting = [asyncio.create_task(kept.get_or_read(1, one)) for _ in range(5)]
    waiting.append(asyncio.create_task(kept.get_or_read(2, other)))
    await asyncio.sleep(0)
    one.may.set()
    assert await asyncio.gather(*waiting[:5]) == ["read 1"] * 5
    assert not waiting[5].done()
    other.may.set()
    assert await waiting[5] == "read 1"
    assert (one.reads, other.reads) == (1, 1)
    assert await kept.get_or_read(1, one) == "read 1"
    assert one.reads == 1


async def test_where_the_one_who_reads_fails_the_next_does() -> None:
    kept: Remembered[int, str] = Remembered(2)
    reader = Reader(failures=2)
    waiting = [asyncio.create_task(kept.get_or_read(1, reader)) for _ in range(5)]
    await asyncio.sleep(0)
    reader.may.set()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [isinstance(each, ConnectionError) for each in found] == [True, True, False, False, False]
    assert found[2:] == ["read 3"] * 3
    assert reader.reads == 3


async def test_who_leaves_takes_nobody_along() -> None:
    kept: Remembered[int, str] = Remembered(2)
    reader = Reader()
    reading, waiting, leaving = (asyncio.create_task(kept.get_or_read(1, reader)) for _ in range(3))
    await asyncio.sleep(0)
    for each in (leaving, reading):
        each.cancel()
        await asyncio.sleep(0)
    reader.may.set()
    assert await waiting == "read 2"
    assert reading.cancelled()
    assert leaving.cancelled()
