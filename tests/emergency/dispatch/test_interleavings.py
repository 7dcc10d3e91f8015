"""Whatever several officers and storekeepers do at once, in whatever order: nothing is promised, sent or lost twice.

Hypothesis picks the requests; each batch is sent at the same time to the real service on real PostgreSQL, while the
books are looked at from outside. Rows are never deleted, so each example brings depots and goods of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from services.kit import clock
from services.kit.identifiers.make import make_uscc
from services.kit.pytest_plugin import MakeDatabase
from tests.kit.loop_thread import LoopThread
from tests.support.emergency import depot_content, incident_content, item_content, lot_line
from tests.support.emergency_desk import Desk

pytestmark = pytest.mark.hunt
KEEPER = make_uscc(region="152501", serial=990_001)
INCIDENTS, ITEMS, DEPOTS = 3, 2, 2
LIVES = (2, 5, 400)  # days that the lots of each item are good for

small = st.sampled_from((1, 1, 2, 2, 3, 6, 9))
which = st.integers(0, 99)
# The last is rare: a closed incident takes nothing more.
KINDS = (
    *("take_in", "reserve", "reserve_two", "cancel", "dispatch", "dispatch_all", "arrive", "use", "give_back")
    * 3,
    "close",
)
action = st.tuples(st.sampled_from(KINDS), which, which, small)


class EmergencyMachine(RuleBasedStateMachine):
    loop: ClassVar[LoopThread]
    desk: ClassVar[Desk]

    @initialize()
    def begin(self) -> None:
        self.desk.done.clear()
        self.reservations: list[dict[str, Any]] = []
        self.dispatches: list[dict[str, Any]] = []
        self.loop.run(self._begin())

    async def _begin(self) -> None:
        async def make(path: str, body: dict[str, Any]) -> dict[str, Any]:
            answer = await self.desk.post(path, body)
            assert answer.status_code == 201, answer.text
            made: dict[str, Any] = answer.json()
            return made

        self.depots = [await make("depots", depot_content(KEEPER)) for _ in range(DEPOTS)]
        items = [await make("items", item_content()) for _ in range(ITEMS)]
        with clock.at(self.desk.moment):
            self.lots = [lot_line(item["code"], "1", expires_in=days) for item in items for days in LIVES]
            contents = [incident_content() for _ in range(INCIDENTS)]
        self.incidents = [await make("incidents", content) for content in contents]
        for depot in self.depots:
            await make("stock/intakes", self._intake(depot, *self.lots, number=6))

    @rule(one=which, two=which, number=small)
    def goods_are_brought(self, one: int, two: int, number: int) -> None:
        """One after the other, so that there is something on the way and on site."""
        for kind in ("reserve", "dispatch_all", "arrive"):
            self.act([(kind, one if kind == "reserve" else -1, two, number)])

    @rule(actions=st.lists(action, min_size=2, max_size=8))
    def act(self, actions: list[tuple[str, int, int, int]]) -> None:
        """Several people, at the same time."""
        wanted = [request for each in actions if (request := self._request(*each)) is not None]
        for (path, _), answer in zip(wanted, self.loop.run(self.desk.at_once(*wanted)), strict=True):
            if answer.status_code == 201 and path == "reservations":
                self.reservations.append(answer.json())
            if answer.status_code == 201 and path == "dispatches":
                self.dispatches.append(answer.json())

    @rule(hours=st.sampled_from((1, 6, 30)))
    def time_passes(self, hours: int) -> None:
        """Reservations lapse, lots expire."""
        self.desk.moment += timedelta(hours=hours)

    @rule(chosen=st.lists(which, min_size=1, max_size=6))
    def answers_were_lost(self, chosen: list[int]) -> None:
        """The same keys again, at the same time: the same answers, and nothing changes."""
        sent = [self.desk.done[index % len(self.desk.done)] for index in chosen]
        before = self.loop.run(self.desk.image())

        async def again() -> list[Any]:
            return await asyncio.gather(
                *(self.desk.post(each.path, each.body, key=each.key) for each in sent)
            )

        answers = self.loop.run(again())
        assert [answer.text for answer in answers] == [each.answer for each in sent]
        assert self.loop.run(self.desk.image()) == before

    @invariant()
    def the_books_are_right(self) -> None:
        self.loop.run(self.desk.check())

    def _request(self, kind: str, one: int, two: int, number: int) -> tuple[str, Any] | None:
        incident = self.incidents[one % INCIDENTS]
        lot, depot = self.lots[two % len(self.lots)], self.depots[one % DEPOTS]
        held = {"incident_id": incident["id"], "hold_hours": 5 + 40 * (two % 2)}
        wanted = {"item_code": lot["item_code"], "quantity": str(number)}
        requests: dict[str, tuple[str, Any]] = {
            "take_in": ("stock/intakes", self._intake(depot, lot, number=number)),
            "reserve": ("reservations", {**held, "lines": [wanted]}),
            "reserve_two": ("reservations", {**held, "lines": self._both(number, backwards=bool(two % 2))}),
            "close": (f"incidents/{incident['id']}/closure", {"note": "终止"}),
        }
        return requests.get(kind) or self._of_known(kind, one, number)

    def _intake(self, depot: dict[str, Any], *lots: dict[str, Any], number: int) -> dict[str, Any]:
        lines = [{**lot, "quantity": str(number)} for lot in lots]
        return {"depot_code": depot["code"], "supplier": "示例物资公司", "lines": lines}

    def _both(self, number: int, *, backwards: bool) -> list[dict[str, Any]]:
        """Both items in one request, in either order: two of these must not wait for each other."""
        codes = sorted({lot["item_code"] for lot in self.lots}, reverse=backwards)
        return [{"item_code": code, "quantity": str(number)} for code in codes]

    def _of_known(self, kind: str, one: int, number: int) -> tuple[str, Any] | None:
        """What is about a reservation or a dispatch that was made before."""
        if kind in ("arrive", "use", "give_back"):
            return (
                self._of_dispatch(kind, self.dispatches[one % len(self.dispatches)], number)
                if self.dispatches
                else None
            )
        if not self.reservations:
            return None
        reservation = self.reservations[one % len(self.reservations)]
        if kind == "cancel":
            return f"reservations/{reservation['id']}/cancellation", {"reason": "不再需要"}
        lines = None if kind == "dispatch_all" else [{"position": 1, "quantity": str(number)}]
        depot = reservation["lines"][0]["depot_code"]
        return "dispatches", {"reservation_id": reservation["id"], "depot_code": depot, "lines": lines}

    def _of_dispatch(self, kind: str, dispatch: dict[str, Any], number: int) -> tuple[str, Any]:
        """Goods of a dispatch arrive, are used, come back: now and then more than there are."""
        if kind == "arrive":
            line = {"position": 1, "received": str(number), "lost": "1" if number == 1 else "0"}
            return f"dispatches/{dispatch['id']}/arrivals", {"lines": [line]}
        named = {name: dispatch["lines"][0][name] for name in ("item_code", "lot_number")}
        of_incident = {"incident_id": dispatch["incident_id"], "lines": [{**named, "quantity": str(number)}]}
        if kind == "use":
            return "uses", of_incident
        return "returns", {**of_incident, "depot_code": dispatch["depot_code"], "condition": "clean"}


@pytest.fixture
def machine(make_database: MakeDatabase) -> Iterator[type[EmergencyMachine]]:
    with LoopThread() as loop:
        desk = Desk(make_database("services.emergency"))
        yield type("Machine", (EmergencyMachine,), {"loop": loop, "desk": desk})
        loop.run(desk.close())


def test_every_interleaving_keeps_the_books_right(machine: type[EmergencyMachine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=20, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
