"""Whatever shippers, carriers and receivers do at the same time: no licence and no plan is ever overdrawn.

Hypothesis picks the actors and what they do; what it puts into one batch runs at once, each action in a transaction
of its own on a real PostgreSQL. After each batch the books are compared with the manifests, line by line.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from decimal import Decimal
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from services.kit.database import Database
from services.kit.pytest_plugin import MakeDatabase
from tests.kit.loop_thread import LoopThread
from tests.support.waste_books import compare
from tests.support.waste_world import CARRIER, RECEIVER, Action, World, actions, masses, shares

pytestmark = pytest.mark.hunt


class ManifestMachine(RuleBasedStateMachine):
    loop: ClassVar[LoopThread]
    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.made: list[tuple[uuid.UUID, str]] = []

    @initialize()
    def begin(self) -> None:
        self.loop.run(self.world.begin())

    @rule(drafts=st.lists(st.tuples(st.integers(0, 1), masses, masses), min_size=1, max_size=4))
    def shippers_draft(self, drafts: list[tuple[int, Decimal, Decimal]]) -> None:
        for which, oil, batteries in drafts:
            shipper = self.world.shippers[which]
            manifest_id = self.loop.run(self.world.draft(shipper, oil, batteries))
            self.made.append((manifest_id, shipper))

    @rule(batch=st.lists(actions, min_size=1, max_size=8))
    def they_act_at_once(self, batch: list[Action]) -> None:
        self._run(batch)

    @rule(share=shares)
    def all_drafts_are_submitted_at_once(self, share: int) -> None:
        self._run([Action("submit", index, share) for index in range(len(self.made))])

    @rule(
        kinds=st.sampled_from([["sign", "depart"], ["sign", "depart", "arrive"], ["arrive", "receive"]]),
        share=shares,
    )
    def everything_moves_on(self, kinds: list[str], share: int) -> None:
        for kind in kinds:
            self._run([Action(kind, index, share) for index in range(len(self.made))])

    def _run(self, batch: list[Action]) -> None:
        if not self.made:
            return

        async def all_at_once() -> list[str]:
            acts = [self.world.act(*self.made[action.index % len(self.made)], action) for action in batch]
            return await asyncio.gather(*acts)

        answers = self.loop.run(all_at_once())
        self.a_refusal_for_want_of_room_was_right(batch, answers)

    def a_refusal_for_want_of_room_was_right(self, batch: list[Action], answers: list[str]) -> None:
        """Where nothing was given back meanwhile, what was refused does not fit now either."""
        gives_back = any(action.kind in ("cancel", "receive") for action in batch)
        for action, answer in zip(batch, answers, strict=True):
            if action.kind == "submit" and answer == "manifest_refused" and not gives_back:
                manifest_id, shipper = self.made[action.index % len(self.made)]
                assert self.loop.run(self.world.act(manifest_id, shipper, action)) == "manifest_refused"

    @invariant()
    def the_books_agree_with_the_manifests(self) -> None:
        if self.made:
            self.loop.run(compare(self.world))


@pytest.fixture
def machine(make_database: MakeDatabase) -> Iterator[type[ManifestMachine]]:
    with LoopThread() as loop:
        world = World(Database(make_database("services.waste")))
        loop.run(world.register({CARRIER: "carrier", RECEIVER: "receiver"}))
        yield type("Machine", (ManifestMachine,), {"loop": loop, "world": world})
        loop.run(world.database.close())


def test_no_interleaving_overdraws_a_licence_or_a_plan_and_no_gram_is_lost(
    machine: type[ManifestMachine],
) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
