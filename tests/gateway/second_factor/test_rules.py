"""One-time codes: right ones within the window, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.second_factor import rules
from gateway.second_factor.rules import NEVER, STEP_SECONDS, code_at, step_at

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        *((59, "287082"), (1111111109, "081804"), (1111111111, "050471")),
        *((1234567890, "005924"), (2000000000, "279037"), (20000000000, "353130")),
    ],
)
def test_the_codes_are_those_of_rfc_6238_appendix_b(seconds: int, code: str) -> None:
    assert code_at(RFC_SECRET, seconds // STEP_SECONDS) == code


@given(MOMENTS, st.integers(0, 3), st.integers(-6, 6))
def test_a_code_is_accepted_within_the_drift_and_not_beyond(moment: datetime, drift: int, off: int) -> None:
    step = step_at(moment) + off
    found = rules.accepted_step(SECRET, code_at(SECRET, step), moment=moment, drift=drift, last=NEVER)
    if abs(off) <= drift:
        assert found is not None
        assert code_at(SECRET, found) == code_at(SECRET, step)
    elif found is not None:  # one in a million: two steps of the same code
        assert code_at(SECRET, found) == code_at(SECRET, step)


@given(MOMENTS, st.lists(st.tuples(st.integers(0, 90), st.integers(-1, 1)), max_size=30))
def test_no_step_is_ever_accepted_twice_nor_an_earlier_one_after_a_later(
    start: datetime, uses: list[tuple[int, int]]
) -> None:
    moment, last, accepted = start, NEVER, []
    for pause, off in uses:
        moment += timedelta(seconds=pause)
        code = code_at(SECRET, step_at(moment) + off)
        step = rules.accepted_step(SECRET, code, moment=moment, drift=1, last=last)
        if step is not None:
            accepted.append(step)
            last = step
    assert accepted == sorted(set(accepted))


@given(MOMENTS, st.from_regex(r"[0-9]{6}", fullmatch=True))
def test_what_is_accepted_is_the_code_of_the_step_named(moment: datetime, code: str) -> None:
    step = rules.accepted_step(SECRET, code, moment=moment, drift=1, last=NEVER)
    if step is not None:
        assert code_at(SECRET, step) == code
        assert abs(step - step_at(moment)) <= 1


def test_only_the_roles_of_the_list_need_one() -> None:
    assert rules.needed(["clerk", "approver"], of={"approver", "administrator"})
    assert not rules.needed(["clerk"], of={"approver"})
    assert not rules.needed(["approver"], of=set())
