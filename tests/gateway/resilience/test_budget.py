"""The retry budget is never exceeded, and never starves a quiet service."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.resilience.budget import RetryBudget

ACTS = st.lists(
    st.tuples(st.floats(min_value=0, max_value=2), st.integers(0, 40), st.integers(0, 40)), max_size=40
)


@given(ACTS, st.floats(min_value=0, max_value=1), st.integers(0, 5))
def test_no_retry_is_granted_beyond_the_share_of_the_calls_or_the_floor(
    acts: list[tuple[float, int, int]], ratio: float, floor: int
) -> None:
    budget, now = RetryBudget(ratio=ratio, floor=floor, window_seconds=10), 50.0
    called: list[float] = []
    spent: list[float] = []
    for seconds, calls, wanted in acts:
        now += seconds
        for _ in range(calls):
            budget.called(now)
            called.append(now)
        granted = [now for _ in range(wanted) if budget.spend(now)]
        spent += granted
        recent = sum(time > now - 8.99 for time in spent)
        assert not granted or recent <= max(floor, ratio * sum(time > now - 10.01 for time in called))


def test_a_quiet_service_is_retried_up_to_the_floor() -> None:
    budget = RetryBudget(ratio=0.2, floor=3, window_seconds=10)
    budget.called(0)
    assert [budget.spend(0) for _ in range(5)] == [True, True, True, False, False]
    assert budget.spend(11)


def test_a_busy_service_is_retried_in_proportion() -> None:
    budget = RetryBudget(ratio=0.2, floor=3, window_seconds=10)
    for _ in range(100):
        budget.called(0)
    assert sum(budget.spend(0) for _ in range(100)) == 20
