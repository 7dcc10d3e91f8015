"""The adaptive limit: within its bounds whatever happens, and near what a simulated service can do."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from gateway.resilience.concurrency import ConcurrencyLimit, ConcurrencyRules

RULES = ConcurrencyRules(initial=64, minimum=16, maximum=512)
SAMPLES = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.floats(min_value=0, max_value=60),
        st.integers(0, 600),
        st.floats(min_value=0, max_value=2),
    ),
    max_size=200,
)


class Simulated:
    """A service with `workers`, each of which needs `seconds` for a call; callers that use every place there is."""

    def __init__(self, *, workers: int, seconds: float) -> None:
        self.workers, self.seconds, self.now = workers, seconds, 0.0
        self.limit, self.rng = ConcurrencyLimit(RULES), random.Random(3)

    def run(self, seconds: float, *, at_most: int = 10_000) -> None:
        end = self.now + seconds
        while self.now < end:
            in_flight = min(int(self.limit.limit), at_most)
            takes = self.seconds * max(1.0, in_flight / self.workers) * self.rng.uniform(0.8, 1.2)
            self.now += takes / in_flight
            self.limit.sample(0, takes, in_flight, self.now)


@given(SAMPLES)
def test_the_limit_stays_within_its_bounds(samples: list[tuple[int, float, int, float]]) -> None:
    limit, now = ConcurrencyLimit(RULES), 0.0
    for route, seconds, in_flight, passed in samples:
        now += passed
        limit.sample(route, seconds, in_flight, now)
        assert RULES.minimum <= limit.limit <= RULES.maximum


@given(st.integers(1, 1000), st.integers(1, 1000), st.integers(1, 1000))
def test_it_begins_within_its_bounds(initial: int, minimum: int, more: int) -> None:
    rules = ConcurrencyRules(initial=initial, minimum=minimum, maximum=minimum + more)
    assert minimum <= ConcurrencyLimit(rules).limit <= minimum + more


def test_a_service_that_keeps_up_is_given_more_up_to_the_maximum() -> None:
    service = Simulated(workers=10_000, seconds=0.05)
    service.run(60)
    assert service.limit.limit == RULES.maximum


def test_a_service_is_not_given_much_more_than_it_can_do() -> None:
    service = Simulated(workers=20, seconds=0.05)
    service.run(10, at_most=10)  # a quiet time shows what is usual
    service.run(30)
    assert 20 <= service.limit.limit <= 20 * RULES.tolerance * 1.5


def test_a_service_that_slows_down_is_given_less_and_after_it_more_again() -> None:
    service = Simulated(workers=200, seconds=0.05)
    service.run(30)
    before = service.limit.limit
    service.workers = 10
    service.run(10)
    during = service.limit.limit
    service.workers = 200
    service.run(30)
    assert during < before / 4
    assert service.limit.limit > before * 0.8


def test_what_stays_slow_becomes_the_usual_so_that_the_limit_is_not_low_for_ever() -> None:
    service = Simulated(workers=400, seconds=0.05)
    service.run(20)
    service.seconds = 0.5
    service.run(20)
    assert service.limit.limit == RULES.minimum
    service.run(1200)
    assert service.limit.limit > 100


def test_slow_answers_at_little_load_change_nothing() -> None:
    limit = ConcurrencyLimit(RULES)
    for number in range(1000):
        limit.sample(0, 0.05 if number < 100 else 2.0, 3, number / 100)
    assert limit.limit == RULES.initial


def test_a_slow_route_among_quick_ones_is_no_sign_of_load() -> None:
    limit = ConcurrencyLimit(RULES)
    for number in range(2000):
        slow = number % 2 == 0 and number > 500
        limit.sample(1 if slow else 0, 3.0 if slow else 0.02, 60, number / 100)
    assert limit.limit > RULES.initial


def test_noise_in_very_quick_answers_is_no_sign_of_load() -> None:
    limit, rng = ConcurrencyLimit(RULES), random.Random(5)
    for number in range(2000):
        limit.sample(0, rng.choice((0.0005, 0.02)), 60, number / 100)
    assert limit.limit > RULES.initial
