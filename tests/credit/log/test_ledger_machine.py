"""Whatever clerks and approvers do at the same time: indices are gap-free, every checkpoint is consistent with every
later one, records are leaves and leaves are records. Real PostgreSQL, real transactions, some of them rolled back.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlmodel import col, select

from services.credit.grading.models import Evaluation, RulePack
from services.credit.log import service as log
from services.credit.log.fsck_cli import check
from services.credit.log.models import LogCheckpoint, LogEntry
from services.credit.log.note import open_checkpoint
from services.credit.log.verify import consistency_holds, inclusion_holds
from services.credit.records.errors import StepNotOpen
from services.credit.records.models import Record
from services.kit import clock
from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase
from tests.kit.loop_thread import LoopThread
from tests.support.credit_ledger import USCCS, Ledger, content, new_signer

pytestmark = pytest.mark.hunt
_clauses = st.sampled_from([None, "warning_or_order", "air_exceedance_fined"])
_uscc = st.sampled_from(USCCS)


class _ChangedTheirMindError(Exception):
    """Ends a transaction before its commit."""


class LedgerMachine(RuleBasedStateMachine):
    """The log of one database grows from example to example: nothing in it can be deleted."""

    ledger: Ledger
    loop: LoopThread

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[uuid.UUID] = []
        self.newest = self.loop.run(self._newest())

    async def _newest(self) -> LogCheckpoint:
        async with self.ledger.database.transaction() as session:
            statement = select(LogCheckpoint).order_by(col(LogCheckpoint.size).desc()).limit(1)
            return (await session.exec(statement)).one()

    @rule(wanted=st.lists(st.tuples(_uscc, _clauses), min_size=1, max_size=3))
    def clerks_submit(self, wanted: list[tuple[str, str | None]]) -> None:
        decided = clock.today() - timedelta(days=20)

        async def all_at_once() -> list[Record]:
            records = [self.ledger.pending(content(uscc, clause=c, decided=decided)) for uscc, c in wanted]
            return list(await asyncio.gather(*records))

        self.waiting += [record.id for record in self.loop.run(all_at_once())]

    @rule(data=st.data())
    def approvers_decide_at_once(self, data: st.DataObject) -> None:
        """Each of several approvals commits or not, some are of one record, evaluations go in between."""
        chosen = data.draw(st.lists(st.sampled_from(self.waiting), max_size=6)) if self.waiting else []
        steps = [(record_id, data.draw(st.sampled_from([True, True, False]))) for record_id in chosen]
        evaluated = data.draw(st.lists(_uscc, max_size=2))
        admitted = self.loop.run(self._race(steps, evaluated))
        assert all(count == 1 for count in Counter(admitted).values())
        self.waiting = [record_id for record_id in self.waiting if record_id not in admitted]

    async def _race(self, steps: list[tuple[uuid.UUID, bool]], evaluated: list[str]) -> list[uuid.UUID]:
        async def approve(record_id: uuid.UUID, *, commit: bool) -> uuid.UUID | None:
            try:
                async with self.ledger.database.transaction() as session:
                    await self.ledger.approve(session, record_id)
                    if not commit:
                        raise _ChangedTheirMindError
            except (_ChangedTheirMindError, StepNotOpen):
                return None
            return record_id

        decisions = [approve(record_id, commit=commit) for record_id, commit in steps]
        evaluations = [self.ledger.evaluate(uscc) for uscc in evaluated]
        results = await asyncio.gather(*decisions, *evaluations)
        return [each for each in results if isinstance(each, uuid.UUID)]

    @invariant()
    def indices_are_gap_free_and_every_row_has_its_leaf(self) -> None:
        self.loop.run(self._rows_are_leaves())

    async def _rows_are_leaves(self) -> None:
        async with self.ledger.database.transaction() as session:
            entries = (await session.exec(select(LogEntry.index, LogEntry.kind, LogEntry.entity_id))).all()
            sizes = (await session.exec(select(LogCheckpoint.size))).all()
            rows = {
                (index, kind, entity)
                for table, kind in ((RulePack, "rule_published"), (Evaluation, "evaluation"))
                for index, entity in await session.exec(select(table.log_index, table.id))
            }
            approved = select(Record.log_index, Record.kind, Record.id).where(Record.state == "approved")
            rows |= {tuple(row) for row in await session.exec(approved)}
        assert sorted(index for index, _, _ in entries) == list(range(len(entries)))
        assert sorted(sizes) == list(range(1, len(entries) + 1))
        assert {tuple(entry) for entry in entries} == rows

    @invariant()
    def the_checkpoint_seen_before_is_consistent_with_the_one_now(self) -> None:
        now = self.loop.run(self._newest())
        self.loop.run(self._consistent(self.newest, now))
        self.newest = now

    async def _consistent(self, old: LogCheckpoint, new: LogCheckpoint) -> None:
        assert open_checkpoint(new.note, [self.ledger.signer.verifier]).root == new.root
        async with self.ledger.database.transaction() as session:
            proof = await log.consistency(session, old=old.size, new=new.size)
            inclusion = await log.inclusion(session, index=old.size - 1, size=new.size)
            entry = (await session.exec(select(LogEntry).where(LogEntry.index == old.size - 1))).one()
        assert consistency_holds(
            old_size=old.size, new_size=new.size, old_root=old.root, new_root=new.root, proof=proof.hashes
        )
        assert inclusion_holds(
            leaf=entry.leaf_hash, index=entry.index, size=new.size, proof=inclusion.hashes, root=new.root
        )

    def teardown(self) -> None:
        self.loop.run(self._whole())

    async def _whole(self) -> None:
        async with self.ledger.database.transaction() as session:
            report = await check(session, verifiers=[self.ledger.signer.verifier])
        assert report.differences == []


@pytest.fixture(scope="module")
def machine(make_database: MakeDatabase) -> Iterator[type[LedgerMachine]]:
    with LoopThread() as loop:
        ledger = Ledger(Database(make_database("services.credit"), pool_size=8), new_signer())
        loop.run(ledger.publish())
        yield type("Machine", (LedgerMachine,), {"ledger": ledger, "loop": loop})
        loop.run(ledger.database.close())


def test_every_history_leaves_a_whole_ledger(machine: type[LedgerMachine]) -> None:
    limits = settings(
        max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(machine, settings=limits)


def test_every_checkpoint_is_consistent_with_every_later_one(machine: type[LedgerMachine]) -> None:
    async def every_pair() -> int:
        async with machine.ledger.database.transaction() as session:
            seen = (await session.exec(select(LogCheckpoint).order_by(col(LogCheckpoint.size)))).all()
            for place, old in enumerate(seen[:40]):
                for new in seen[place:40]:
                    proof = await log.consistency(session, old=old.size, new=new.size)
                    roots = {"old_root": old.root, "new_root": new.root, "proof": proof.hashes}
                    assert consistency_holds(old_size=old.size, new_size=new.size, **roots)
        return len(seen)

    assert machine.loop.run(every_pair(), seconds=600) > 1
