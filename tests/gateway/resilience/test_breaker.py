"""The circuit breaker: its examples, and what holds whatever happens in whatever order."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.resilience.breaker import Breaker, BreakerRules, BreakerState

RULES = BreakerRules(
    window_seconds=10, minimum_calls=4, failure_ratio=0.5, open_seconds=2, most_open_seconds=10, probes=2
)


def call(breaker: Breaker, now: float, *, well: bool) -> bool:
    """One call that ends at once; whether it was let through."""
    era = breaker.admit(now)
    if era is not None:
        breaker.succeeded(era, now) if well else breaker.failed(era, now)
    return era is not None


def opened(breaker: Breaker, now: float = 0.0) -> None:
    for _ in range(4):
        call(breaker, now, well=False)
    assert breaker.state(now) is BreakerState.OPEN


def test_a_few_failures_among_few_calls_open_nothing() -> None:
    breaker = Breaker(RULES)
    for _ in range(3):
        call(breaker, 0, well=False)
    assert breaker.state(0) is BreakerState.CLOSED


def test_failures_below_the_ratio_open_nothing() -> None:
    breaker = Breaker(RULES)
    for number in range(300):
        call(breaker, number / 100, well=number % 3 != 2)
    assert breaker.state(3) is BreakerState.CLOSED


def test_failures_that_are_older_than_the_window_do_not_count() -> None:
    breaker = Breaker(RULES)
    for _ in range(3):
        call(breaker, 0, well=False)
    call(breaker, 10, well=False)
    assert breaker.state(10) is BreakerState.CLOSED


def test_open_it_refuses_and_says_for_how_long() -> None:
    breaker = Breaker(RULES)
    opened(breaker)
    assert not call(breaker, 0.5, well=True)
    assert breaker.seconds_left(0.5) == 1.5


def test_two_probes_one_after_the_other_close_it() -> None:
    breaker = Breaker(RULES)
    opened(breaker)
    first = breaker.admit(2)
    assert first is not None
    assert breaker.admit(2) is None
    breaker.succeeded(first, 2.1)
    assert breaker.state(2.1) is BreakerState.HALF_OPEN
    assert call(breaker, 2.2, well=True)
    assert breaker.state(2.2) is BreakerState.CLOSED


def test_a_probe_that_fails_opens_it_for_twice_as_long_up_to_the_cap() -> None:
    breaker = Breaker(RULES)
    opened(breaker)
    now, lasted = 0.0, []
    for _ in range(4):
        now += breaker.seconds_left(now)
        assert call(breaker, now, well=False)
        lasted.append(breaker.seconds_left(now))
    assert lasted == [4, 8, 10, 10]


def test_a_probe_whose_client_leaves_makes_room_for_the_next() -> None:
    breaker = Breaker(RULES)
    opened(breaker)
    era = breaker.admit(2)
    assert era is not None
    breaker.abandoned(era)
    assert breaker.admit(2) is not None


def test_what_says_little_is_no_probe() -> None:
    breaker = Breaker(RULES)
    opened(breaker)
    assert breaker.admit(2, may_probe=False) is None
    assert breaker.admit(2) is not None


def test_outcomes_of_calls_that_began_before_it_opened_change_nothing() -> None:
    breaker = Breaker(RULES)
    late = breaker.admit(0)
    assert late is not None
    opened(breaker)
    breaker.succeeded(late, 2)
    assert breaker.state(2) is BreakerState.HALF_OPEN
    probe = breaker.admit(2)
    breaker.failed(late, 2)
    breaker.abandoned(late)
    assert probe is not None
    assert breaker.admit(2) is None  # the probe is still the only one
    assert breaker.state(2) is BreakerState.HALF_OPEN


class Whatever(RuleBasedStateMachine):
    """Calls that begin and end in any order, at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.breaker, self.now = Breaker(RULES), 0.0
        self.calls: list[tuple[int, bool]] = []

    @rule(seconds=st.floats(min_value=0, max_value=12))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @rule(may_probe=st.booleans())
    def a_call_begins(self, may_probe: bool) -> None:
        before = self.breaker.state(self.now)
        era = self.breaker.admit(self.now, may_probe=may_probe)
        if before is BreakerState.CLOSED:
            assert era is not None
        if before is BreakerState.OPEN:
            assert era is None
        if era is not None:
            assert may_probe or before is BreakerState.CLOSED
            self.calls.append((era, before is BreakerState.HALF_OPEN))

    @precondition(lambda self: self.calls)
    @rule(data=st.data(), outcome=st.sampled_from(("succeeded", "failed", "abandoned")))
    def a_call_ends(self, data: st.DataObject, outcome: str) -> None:
        era, _ = self.calls.pop(data.draw(st.integers(0, len(self.calls) - 1)))
        if outcome == "succeeded":
            self.breaker.succeeded(era, self.now)
        elif outcome == "failed":
            self.breaker.failed(era, self.now)
        else:
            self.breaker.abandoned(era)

    @invariant()
    def at_most_one_probe_is_under_way(self) -> None:
        assert sum(probe for _, probe in self.calls) <= 1

    @invariant()
    def it_is_never_shut_for_longer_than_the_cap(self) -> None:
        assert 0 <= self.breaker.seconds_left(self.now) <= RULES.most_open_seconds

    @invariant()
    def it_never_stays_shut_with_nothing_under_way(self) -> None:
        if not self.calls:
            later = self.now + self.breaker.seconds_left(self.now) + 1e-6
            assert self.breaker.state(later) is not BreakerState.OPEN
            assert not self.breaker.probing


TestWhatever = Whatever.TestCase
