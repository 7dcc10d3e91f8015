"""When the client sends a call again."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from infra.client.call import Call
from infra.client.retrying import Patience

READ: Call[Any] = Call("GET", "/v1/permits/reports")
SUBMIT: Call[Any] = Call("POST", "/v1/permits/reports", headers={"Idempotency-Key": "k"})
SIGN_IN: Call[Any] = Call("POST", "/v1/auth/token")
statuses = st.one_of(st.none(), st.integers(400, 599))


@given(status=statuses, attempt=st.integers(1, 10), after=st.one_of(st.none(), st.floats(0, 100)))
def test_what_could_do_something_twice_is_sent_once(
    status: int | None, attempt: int, after: float | None
) -> None:
    wait = Patience().wait(SIGN_IN, attempt, status, after)
    assert wait is None or status in (429, 503)


@given(status=statuses, attempt=st.integers(1, 10), after=st.one_of(st.none(), st.floats(0, 100)))
def test_it_waits_as_long_as_it_is_told_and_gives_up(
    status: int | None, attempt: int, after: float | None
) -> None:
    patience = Patience()
    for call in (READ, SUBMIT):
        wait = patience.wait(call, attempt, status, after)
        if wait is not None:
            assert attempt < patience.attempts
            assert (after or 0) <= wait <= patience.longest_wait
            assert status in (None, 429, 502, 503, 504)


def test_a_lost_answer_is_asked_for_again() -> None:
    assert Patience().wait(READ, 1, None, None) == 0.2
    assert Patience().wait(SUBMIT, 2, None, None) == 0.4
    assert Patience().wait(SUBMIT, 1, 422, None) is None
