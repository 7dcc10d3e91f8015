"""The arithmetic of slowing down and locking."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.guessing import rules
from gateway.guessing.rules import NO_WAIT, Limit, Tries

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
LIMIT = Limit(free=5, lock_at=10, lock=timedelta(minutes=15), forget=timedelta(hours=1))
LIMITS = st.builds(
    lambda free, more, minutes, hours: Limit(
        free, free + more, timedelta(minutes=minutes), timedelta(hours=hours)
    ),
    *(st.integers(1, 20), st.integers(0, 20), st.integers(1, 120), st.integers(1, 48)),
)


def test_the_first_ones_cost_nothing_then_each_doubles_the_wait_until_it_locks() -> None:
    seconds = [int(rules.delay(count, LIMIT).total_seconds()) for count in range(1, 12)]
    assert seconds == [0, 0, 0, 0, 1, 2, 4, 8, 16, 900, 900]


def test_a_delay_before_the_lock_is_never_longer_than_a_minute() -> None:
    limit = Limit(1, 10_000, timedelta(minutes=15), timedelta(hours=1))
    assert rules.delay(9_999, limit) == timedelta(minutes=1)


@given(LIMITS, st.integers(1, 200))
def test_one_attempt_more_never_waits_less(limit: Limit, count: int) -> None:
    assert rules.delay(count + 1, limit) >= rules.delay(count, limit)
    assert rules.delay(count, limit) <= max(limit.lock, timedelta(minutes=1))


@given(LIMITS, st.lists(st.integers(0, 7200), min_size=1, max_size=60))
def test_whoever_waits_as_told_is_looked_at_and_who_does_not_is_not(limit: Limit, pauses: list[int]) -> None:
    """However attempts are spread, between two that are looked at lies the delay of the first."""
    moment, tries = START, None
    for pause in pauses:
        moment += timedelta(seconds=pause)
        waiting = rules.wait(tries, moment)
        if waiting > NO_WAIT:
            assert tries is not None
            assert rules.wait(tries, moment + waiting) == NO_WAIT
            assert rules.wait(tries, moment + waiting - timedelta(microseconds=1)) > NO_WAIT
            continue
        after = rules.charged(tries, moment, limit)
        assert after.blocked_until - moment == rules.delay(after.count, limit)
        assert after.count == 1 if tries is None else after.count in (1, tries.count + 1)
        tries = after


@given(LIMITS, st.integers(1, 100_000))
def test_guesses_of_a_day_are_few(limit: Limit, eagerness_ms: int) -> None:
    """A guesser who tries as soon as it may gets the free ones, the slowed ones and one a lock."""
    moment, tries, looked_at = START, None, 0
    while moment < START + timedelta(days=1):
        tries = rules.charged(tries, moment, limit)
        looked_at += 1
        moment += rules.wait(tries, moment) + timedelta(milliseconds=eagerness_ms)
        if looked_at > limit.lock_at and limit.lock < limit.forget:
            assert tries.count >= limit.lock_at
    assert looked_at <= limit.lock_at + timedelta(days=1) / limit.lock + 1


@given(LIMITS, st.integers(1, 50))
def test_a_quiet_time_forgets_everything(limit: Limit, count: int) -> None:
    tries = Tries(count, START, START + rules.delay(count, limit))
    end = tries.blocked_until + limit.forget
    assert rules.charged(tries, end, limit).count == 1
    if limit.forget > rules.delay(count, limit):
        assert rules.charged(tries, end - timedelta(seconds=1), limit).count == count + 1


@given(LIMITS, st.integers(0, 50))
def test_a_success_gives_back_its_own_attempt_only(limit: Limit, count: int) -> None:
    before = Tries(count, START, START) if count else None
    charged = rules.charged(before, START, limit)
    assert rules.refunded(charged).count == count
    assert rules.wait(rules.refunded(charged), START) == NO_WAIT


def test_attempts_that_cost_nothing_block_nobody_whose_clock_is_behind() -> None:
    tries = rules.charged(None, START, LIMIT)
    assert rules.wait(tries, START - timedelta(seconds=1)) == NO_WAIT
