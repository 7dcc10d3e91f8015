"""Whatever order transactions write, commit, roll back and are numbered in: the log is whole and gap-free.

Hypothesis picks the interleaving; every step is a real statement on a real connection. Log rows cannot be deleted,
so each example begins where the one before ended.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from services.kit.auth import Principal
from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase
from services.kit.sequencer import number_batch
from tests.kit.log_tools import EVERYTHING, Reader, number, number_all, write
from tests.kit.loop_thread import LoopThread

_MINE = Principal("e", "e", roles=(), scopes=frozenset(), usccs=("MINE",))
_slot = st.integers(0, 3)
_owners = st.lists(st.sampled_from(["MINE", "OTHER"]), min_size=1, max_size=3)
_batch = st.integers(1, 4)
_steps = st.lists(
    st.one_of(
        st.tuples(st.just("write"), _slot, _owners),
        st.tuples(st.just("end"), _slot, st.sampled_from([True, True, False])),
        st.tuples(st.just("number"), _batch),
        st.tuples(st.just("hold_a_batch"), _batch),
        st.tuples(st.just("release_the_batch"), st.booleans()),
        st.tuples(st.just("read"), st.sampled_from([0, 1]), st.integers(1, 3)),
    ),
    min_size=12,
    max_size=50,
)


class Transaction:
    """A transaction that stays open, with what it wrote: (mark, owner)."""

    _marks = itertools.count()

    async def open(self, database: Database) -> None:
        self.written: list[tuple[str, str]] = []
        self._exit = AsyncExitStack()
        self._session = await self._exit.enter_async_context(database.transaction())

    async def write(self, owners: list[str]) -> None:
        for owner in owners:
            self.written.append((str(next(self._marks)), owner))
            write(self._session, self.written[-1][0], owner=owner)
        await self._session.flush()

    async def end(self, *, commit: bool) -> None:
        error = None if commit else LookupError()
        await self._exit.__aexit__(type(error) if error else None, error, None)


class Log:
    """One example: open transactions in their slots, a sequencer in mid-batch, and two readers."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.open: dict[int, Transaction] = {}
        self.held: Any = None
        self.committed: list[tuple[str, str]] = []

    async def play(self, steps: list[tuple[Any, ...]]) -> None:
        async with self.database.engine.connect() as connection:
            self.base = await connection.scalar(text("SELECT coalesce(max(position), 0) FROM event_log"))
        self.readers = [Reader(self.database, who, self.base) for who in (EVERYTHING, _MINE)]
        try:
            for name, *arguments in steps:
                await getattr(self, name)(*arguments)
        finally:
            await self.release_the_batch(commit=False)
            for slot in list(self.open):
                await self.end(slot, commit=False)
            await number_all(self.database)

    async def write(self, slot: int, owners: list[str]) -> None:
        if slot not in self.open:
            self.open[slot] = Transaction()
            await self.open[slot].open(self.database)
        await self.open[slot].write(owners)

    async def end(self, slot: int, commit: bool) -> None:
        if slot in self.open:
            ended = self.open.pop(slot)
            await ended.end(commit=commit)
            self.committed += ended.written if commit else []

    async def number(self, batch: int) -> None:
        assert await number(self.database, batch=batch) <= (0 if self.held else batch)

    async def hold_a_batch(self, batch: int) -> None:
        """A sequencer numbers and does not get to its commit yet."""
        if self.held is None:
            self.held = await self.database.engine.connect()
            await number_batch(self.held, batch=batch)

    async def release_the_batch(self, commit: bool) -> None:
        if self.held is not None:
            await (self.held.commit() if commit else self.held.rollback())
            await self.held.close()
            self.held = None

    async def read(self, which: int, limit: int) -> None:
        reader = self.readers[which]
        await reader.read(limit=limit)
        assert set(reader.marks) <= {mark for mark, _ in self.committed}

    async def check(self) -> None:
        everything, mine = self.readers
        for reader in self.readers:
            await reader.read_to_end(limit=2)
            assert reader.position == self.base + len(self.committed)
        assert sorted(everything.marks) == sorted(mark for mark, _ in self.committed)
        assert sorted(mine.marks) == sorted(mark for mark, owner in self.committed if owner == "MINE")
        positions = [row.position for row in everything.seen]
        assert positions == list(range(self.base + 1, self.base + len(self.committed) + 1))
        assert [row.position for row in mine.seen] == [
            row.position for row in everything.seen if row.owner == "MINE"
        ]


@pytest.fixture(scope="module")
def own_loop() -> Iterator[LoopThread]:
    with LoopThread() as loop:
        yield loop


@pytest.fixture(scope="module")
def database(make_database: MakeDatabase, own_loop: LoopThread) -> Iterator[Database]:
    made = Database(make_database("services.waste"))
    yield made
    own_loop.run(made.close())


@given(steps=_steps)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_interleaving_leaves_a_whole_and_gap_free_log(
    database: Database, own_loop: LoopThread, steps: list[tuple[Any, ...]]
) -> None:
    log = Log(database)
    own_loop.run(log.play(steps))
    own_loop.run(log.check())
