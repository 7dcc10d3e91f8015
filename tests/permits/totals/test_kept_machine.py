"""Whatever is done, numbered, brought in line or broken off in between: sums over stored figures are those of now."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.kit import clock, rounds
from services.kit.auth import RowScope
from services.kit.database import Database
from services.kit.problems import Problem
from services.kit.pytest_plugin import MakeDatabase
from services.permits.totals import kept
from tests.kit.loop_thread import LoopThread
from tests.permits.totals.city import NOW, City

_AMOUNT = st.sampled_from(["2.5", "0", "1.250", "none", None])
_AMOUNTS = st.tuples(_AMOUNT, _AMOUNT)
_PICK = st.integers(0, 99)


class _BrokenOffError(Exception):
    """Ends a transaction before its commit, as a killed process does."""


async def _tried(work: Awaitable[None]) -> None:
    with suppress(Problem):
        await work


class CityMachine(RuleBasedStateMachine):
    """What people do in a city, and what the sequencer and the round do meanwhile."""

    city: City
    loop: LoopThread

    def __init__(self) -> None:
        super().__init__()
        self.mine: list[str] = []
        self.mine.append(self._run(self.city.issue("20")))
        self.all_is_in_line()

    def _run(self, work: Any) -> Any:
        async def now() -> Any:
            with clock.at(NOW):
                return await work

        return self.loop.run(now())

    def _any(self, pick: int) -> str:
        return self.mine[pick % len(self.mine)]

    def _try(self, work: Any) -> None:
        """A step that is not open is refused, and changes nothing."""
        self._run(_tried(work))

    @precondition(lambda self: len(self.mine) < 4)
    @rule(amount=st.sampled_from(["20", "5.5", "4"]), code=st.sampled_from(["4430", "D4430", "3011"]))
    def a_permit_is_entered(self, amount: str, code: str) -> None:
        self.mine.append(self._run(self.city.issue(amount, code)))

    @rule(
        pick=_PICK,
        amount=st.sampled_from(["9", "12.5"]),
        code=st.sampled_from(["4430", "3011"]),
        renewed=st.booleans(),
    )
    def a_permit_is_changed(self, pick: int, amount: str, code: str, renewed: bool) -> None:
        self._run(self.city.amend(self._any(pick), amount, code, renewed=renewed))

    @rule(
        pick=_PICK, which=st.lists(_PICK, min_size=1, max_size=4), amounts=_AMOUNTS, days=st.integers(0, 28)
    )
    def reports_are_submitted(self, pick: int, which: list[int], amounts: Any, days: int) -> None:
        for each in which:
            if owed := self._run(self.city.owed(self._any(pick))):
                self._try(self.city.submit(owed[each % len(owed)], amounts, days))

    @rule(
        pick=_PICK,
        which=_PICK,
        how=st.sampled_from(["accept", "return", "correct", "repudiate"]),
        amounts=_AMOUNTS,
    )
    def a_report_goes_on(self, pick: int, which: int, how: str, amounts: Any) -> None:
        reports = self._run(self.city.reports(self._any(pick)))
        if not reports:
            return
        report = reports[which % len(reports)]
        if how == "correct":
            self._try(self.city.correct(report, amounts))
        elif how == "repudiate":
            self._try(self.city.repudiate(report))
        else:
            self._try(self.city.review(report, how))

    @rule(pick=_PICK, tonnes=st.sampled_from(["10", "2.50"]), year=st.sampled_from([2026, 2027]))
    def a_quota_is_granted(self, pick: int, tonnes: str, year: int) -> None:
        self._run(self.city.quota("grant", tonnes, None, year))
        self._run(self.city.quota("allocation", tonnes, self._any(pick), year))

    @rule(pick=_PICK, kind=st.sampled_from(["withdrawal", "reduction"]))
    def a_quota_is_given_up(self, pick: int, kind: str) -> None:
        self._try(self.city.quota(kind, "1.5", self._any(pick)))

    @rule(pick=_PICK, other=_PICK)
    def a_quota_replaces_another(self, pick: int, other: int) -> None:
        self._try(self.city.replace(self._any(pick), self._any(other), "2"))

    @rule(batch=st.sampled_from([1, 2, 500]))
    def facts_are_numbered(self, batch: int) -> None:
        self._run(self.city.number(batch))

    @rule(times=st.integers(1, 3))
    def the_round_goes_on(self, times: int) -> None:
        for _ in range(times):
            self._run(self.city.step())

    @rule()
    def all_is_in_line(self) -> None:
        """Only then does a figure rest on what is stored: what comes next must be noticed."""

        async def until_done() -> None:
            await self.city.number(500)
            each = kept.keeping(self.city.control)
            while await self._due(each):
                await self.city.step()

        self._run(until_done())

    async def _due(self, each: rounds.Round) -> bool:
        async with self.city.database.transaction() as session:
            return bool(list(await each.due(session)))

    @rule()
    def two_rounds_meet(self) -> None:
        async def both() -> None:
            await asyncio.gather(self.city.step(), self.city.step())

        self._run(both())

    @rule()
    def a_round_is_killed(self) -> None:
        async def killed() -> None:
            with pytest.raises(_BrokenOffError):
                async with self.city.database.transaction() as session:
                    await kept.step(session, self.city.control)
                    await session.flush()
                    raise _BrokenOffError

        self._run(killed())

    @rule(pick=_PICK, amounts=_AMOUNTS)
    def a_round_and_a_submission_meet(self, pick: int, amounts: Any) -> None:
        async def both() -> None:
            owed = await self.city.owed(self._any(pick))
            submitted = [_tried(self.city.submit(owed[0], amounts))] if owed else []
            await asyncio.gather(self.city.step(), *submitted, self.city.number(5))

        self._run(both())

    @invariant()
    def sums_are_those_of_now(self) -> None:
        usccs = tuple(number[:18] for number in self.mine)
        some = RowScope(everything=False, usccs=usccs[1:], partly=usccs[:1], sites=frozenset(self.mine[:1]))
        self._run(self.city.agrees(RowScope(everything=False, usccs=usccs), some))

    def teardown(self) -> None:
        self._run(self.city.agrees())


@pytest.fixture(scope="module")
def machine(make_database: MakeDatabase) -> Iterator[type[CityMachine]]:
    with LoopThread() as loop:
        city = City(Database(make_database("services.permits"), pool_size=8))
        yield type("Machine", (CityMachine,), {"city": city, "loop": loop})
        loop.run(city.database.close())


def test_sums_follow_whatever_happens(machine: type[CityMachine], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "FACTS_A_STEP", 5)
    monkeypatch.setattr(kept, "PERMITS_A_STEP", 2)
    limits = settings(
        max_examples=12,
        stateful_step_count=15,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    run_state_machine_as_test(machine, settings=limits)
