"""Lists are narrowed by what is asked for, and by nothing else."""

from __future__ import annotations

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from services.kit.scoping import matching

TABLE = sa.table("t", sa.column("a"), sa.column("b"), sa.column("c"))


@given(st.lists(st.one_of(st.none(), st.integers(), st.text()), min_size=3, max_size=3))
def test_each_value_that_is_given_is_asked_for_and_none_else(values: list[object]) -> None:
    wanted = list(zip(TABLE.columns, values, strict=True))
    said = str(matching(sa.select(TABLE), *wanted))
    for column, value in wanted:
        assert (f"{column} = " in said) == (value is not None)
