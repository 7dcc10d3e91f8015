"""Which instance is asked: always one, never an ejected one while enough are well."""

from __future__ import annotations

import random

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from gateway.resilience.outliers import Instances, OutlierRules

RULES = OutlierRules(consecutive_failures=3, ejection_seconds=10, most_ejection_seconds=40)


def chosen(instances: Instances, now: float, *, tried: tuple[int, ...] = ()) -> set[int]:
    """Every instance that chance may pick."""
    below = random.Random(5).randrange
    return {instances.choose(now, below, tried=tried) for _ in range(200)}


def fail(instances: Instances, number: int, now: float, times: int = 3) -> None:
    for _ in range(times):
        instances.failed(number, now)


def test_none_is_no_service() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Instances(0, RULES)


def test_the_only_one_is_always_asked_however_it_fails() -> None:
    instances = Instances(1, RULES)
    fail(instances, 0, 0, 100)
    assert instances.ejected(0) == ()
    assert chosen(instances, 0) == {0}


def test_one_that_fails_again_and_again_is_left_alone_and_comes_back() -> None:
    instances = Instances(2, RULES)
    fail(instances, 1, 0)
    assert chosen(instances, 9.9) == {0}
    assert chosen(instances, 10) == {0, 1}


def test_a_success_in_between_is_forgiven() -> None:
    instances = Instances(2, RULES)
    for _ in range(10):
        fail(instances, 1, 0, 2)
        instances.succeeded(1, 0)
    assert instances.ejected(0) == ()


def test_each_ejection_is_longer_until_it_has_been_well_for_as_long() -> None:
    instances, now, lasted = Instances(2, RULES), 0.0, []
    for _ in range(4):
        fail(instances, 1, now)
        start = now
        while instances.ejected(now):
            now += 1
        lasted.append(now - start)
    assert lasted == [10, 20, 40, 40]
    instances.succeeded(1, now + 40)
    fail(instances, 1, now + 40)
    assert instances.ejected(now + 49.9) == (1,)
    assert instances.ejected(now + 50) == ()


def test_never_more_than_their_share_are_ejected() -> None:
    instances = Instances(5, RULES)
    for number in range(5):
        fail(instances, number, 0)
    assert len(instances.ejected(0)) == 2


def test_with_too_few_well_all_are_asked() -> None:
    instances = Instances(4, OutlierRules(consecutive_failures=1, most_ejected_share=1, panic_share=0.5))
    for number in range(2):
        fail(instances, number, 0, 1)
    assert chosen(instances, 0) == {2, 3}
    fail(instances, 2, 0, 1)
    assert chosen(instances, 0) == {0, 1, 2, 3}


def test_a_retry_goes_to_another_one_where_there_is_another() -> None:
    assert chosen(Instances(2, RULES), 0, tried=(0,)) == {1}
    assert chosen(Instances(2, RULES), 0, tried=(0, 1)) == {0, 1}


def test_a_retry_rather_goes_to_an_ejected_one_than_to_the_one_that_has_just_failed() -> None:
    instances = Instances(2, RULES)
    fail(instances, 1, 0)
    assert chosen(instances, 0) == {0}
    assert chosen(instances, 0, tried=(0,)) == {1}


def test_the_less_busy_one_is_asked() -> None:
    instances = Instances(2, RULES)
    for _ in range(3):
        instances.began(0)
    picks = [instances.choose(0, random.Random(seed).randrange) for seed in range(400)]
    assert 0.6 < picks.count(1) / len(picks) < 0.9  # three of four pairs hold it


class Whatever(RuleBasedStateMachine):
    @initialize(count=st.integers(1, 6), most=st.floats(0, 1), panic=st.floats(0, 1))
    def begin(self, count: int, most: float, panic: float) -> None:
        self.rules = OutlierRules(consecutive_failures=2, most_ejected_share=most, panic_share=panic)
        self.instances, self.count, self.now = Instances(count, self.rules), count, 0.0

    @rule(seconds=st.floats(0, 30))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(number=st.integers(0, 5), well=st.booleans())
    def an_answer(self, number: int, well: bool) -> None:
        number %= self.count
        (self.instances.succeeded if well else self.instances.failed)(number, self.now)

    @invariant()
    def one_is_chosen_and_no_ejected_one_unless_in_panic(self) -> None:
        if not hasattr(self, "instances"):
            return
        ejected = self.instances.ejected(self.now)
        assert len(ejected) <= self.rules.most_ejected_share * self.count
        picks = chosen(self.instances, self.now)
        assert picks
        assert picks <= set(range(self.count))
        healthy = self.count - len(ejected)
        if healthy and healthy >= self.rules.panic_share * self.count and self.count > 1:
            assert picks.isdisjoint(ejected)


TestWhatever = Whatever.TestCase
