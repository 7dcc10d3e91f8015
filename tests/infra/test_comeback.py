"""The pauses before a process that died is started again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from infra.local.comeback import FIRST, FORGIVEN_AFTER, LONGEST, Comeback


def test_the_pause_doubles_while_it_keeps_dying_young() -> None:
    comeback = Comeback()
    assert [comeback.died(now=0, lived=1) for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]


def test_a_long_life_is_forgiven() -> None:
    comeback = Comeback()
    for _ in range(5):
        comeback.died(now=0, lived=1)
    assert comeback.died(now=0, lived=FORGIVEN_AFTER) == FIRST
    assert comeback.died(now=0, lived=1) == 2 * FIRST


@given(st.lists(st.floats(min_value=0, max_value=200), min_size=1))
def test_no_pause_is_shorter_than_the_first_or_longer_than_the_longest(lives: list[float]) -> None:
    comeback = Comeback()
    for lived in lives:
        assert FIRST <= comeback.died(now=100, lived=lived) <= LONGEST


def test_it_is_due_after_the_pause_and_not_once_started() -> None:
    comeback = Comeback()
    assert not comeback.is_due(0)
    comeback.died(now=100, lived=1)
    assert not comeback.is_due(100.4)
    assert comeback.is_due(100.5)
    comeback.started()
    assert not comeback.is_due(1000)
