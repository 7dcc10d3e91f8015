"""The bounded memory of what never changes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.kit.remembered import Remembered


@given(st.integers(1, 5), st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=60))
def test_the_last_that_were_asked_for_are_there_and_no_more(most: int, steps: list[tuple[bool, int]]) -> None:
    kept: Remembered[int, str] = Remembered(most)
    order: list[int] = []  # the one used last stands last
    for keeps, name in steps:
        if keeps:
            kept.keep(name, str(name))
            order = [each for each in order if each != name][-(most - 1) :] if most > 1 else []
            order.append(name)
        else:
            assert kept.get(name) == (str(name) if name in order else None)
            if name in order:
                order = [*(each for each in order if each != name), name]
