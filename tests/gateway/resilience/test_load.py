"""Who is refused first when a service has too much to do, and that the books balance."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.policy.loading import load as load_policy
from gateway.policy.rules import RateClass
from gateway.resilience.concurrency import ConcurrencyRules
from gateway.resilience.load import SHARES, Load, Place

RULES = ConcurrencyRules(initial=20, minimum=20, maximum=20)


def fill(load: Load, rate: RateClass, place: Place = Place.WORKING) -> int:
    taken = 0
    while load.enter(rate, place):
        taken += 1
    return taken


@pytest.mark.parametrize("flood", [RateClass.BULK, RateClass.DEVICES])
def test_bulk_and_devices_are_refused_first_then_reads_and_submissions_last(flood: RateClass) -> None:
    load = Load(RULES, most_open=1000, most_waiting=10)
    assert [fill(load, rate) for rate in (flood, RateClass.READS, RateClass.SUBMISSIONS)] == [12, 4, 4]


def test_what_the_policy_calls_an_emergency_write_is_refused_last() -> None:
    writes = [each for each in load_policy() if each.service == "emergency" and each.method != "GET"]
    assert {each.template for each in writes} >= {"/v1/emergency/dispatches", "/v1/emergency/incidents"}
    assert {SHARES[each.rate] for each in writes} == {max(SHARES.values())}


def test_answers_to_slow_clients_leave_room_for_submissions_too() -> None:
    load = Load(RULES, most_open=10, most_waiting=10)
    while load.enter(RateClass.READS, Place.WORKING):
        load.begun(Place.WORKING)
    assert load.open == 8
    assert fill(load, RateClass.SUBMISSIONS) == 2


def test_long_polls_are_bounded_on_their_own_and_take_no_room_from_work() -> None:
    load = Load(RULES, most_open=1000, most_waiting=100)
    assert fill(load, RateClass.READS, Place.WAITING) == 100
    assert fill(load, RateClass.SUBMISSIONS) == 20


def test_clients_that_send_slowly_take_no_room_from_work() -> None:
    load = Load(RULES, most_open=100, most_waiting=100)
    assert fill(load, RateClass.READS, Place.SENDING) == 80
    assert fill(load, RateClass.SUBMISSIONS) == 20


class Whatever(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.load = Load(RULES, most_open=30, most_waiting=5)
        self.before: list[Place] = []
        self.begun = 0

    @rule(rate=st.sampled_from(RateClass), place=st.sampled_from(Place))
    def a_call(self, rate: RateClass, place: Place) -> None:
        if self.load.enter(rate, place):
            self.before.append(place)

    @precondition(lambda self: self.before)
    @rule()
    def its_answer_begins(self) -> None:
        self.load.begun(self.before.pop())
        self.begun += 1

    @precondition(lambda self: self.begun)
    @rule()
    def an_answer_ends(self) -> None:
        self.load.left()
        self.begun -= 1

    @invariant()
    def the_books_balance_within_the_bounds(self) -> None:
        load = self.load
        assert load.waiting == self.before.count(Place.WAITING)
        assert load.working == self.before.count(Place.WORKING)
        assert load.open == len(self.before) + self.begun <= 30
        assert load.working <= 20
        assert load.waiting <= 5


TestWhatever = Whatever.TestCase
