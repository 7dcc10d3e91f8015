"""The rolling count against a plain list of times."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.resilience.window import RollingCount

STEPS = st.lists(st.floats(min_value=0, max_value=4, allow_nan=False), min_size=1, max_size=60)


@given(STEPS)
def test_it_counts_nothing_older_than_its_window_and_all_of_the_last_nine_tenths(steps: list[float]) -> None:
    counted, times, now = RollingCount(10.0), [], 1000.0
    for step in steps:
        now += step
        counted.add(now)
        times.append(now)
        total = counted.total(now)
        assert sum(time > now - 8.99 for time in times) <= total <= sum(time > now - 10.01 for time in times)


def test_a_long_silence_empties_it() -> None:
    counted = RollingCount(10.0)
    counted.add(5.0)
    assert counted.total(5.0) == 1
    assert counted.total(5000.0) == 0
    counted.add(5001.0)
    assert counted.total(5001.0) == 1


def test_cleared_it_starts_anew() -> None:
    counted = RollingCount(10.0)
    counted.add(5.0)
    counted.clear()
    counted.add(5.5)
    assert counted.total(5.5) == 1
