"""The period that ends next before a decision on an end (行政处罚法 art. 45, 63, 64)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.permits.endings.rules_procedure import State, Told, running

TOLD, UNTIL, HEARING = date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 19)
REVOKED = Told(TOLD, UNTIL)
OTHER = Told(TOLD, None)


def period(state: State, told: Told | None, **changes: Any) -> tuple[str, date] | None:
    facts: dict[str, Any] = {"hearing_on": None, "stated": False, "statement_until": None}
    found = running(state, told=told, **{**facts, **changes})
    return (found.period, found.deadline) if found else None


def test_a_revocation_waits_for_the_request_of_a_hearing_art_63() -> None:
    assert period(State.NOTIFIED, REVOKED) == ("hearing_request", UNTIL)
    assert period(State.NOTIFIED, REVOKED, stated=True) == ("hearing_request", UNTIL)


def test_a_hearing_that_was_called_is_near_art_64() -> None:
    assert period(State.HEARING_CALLED, REVOKED, hearing_on=HEARING) == ("hearing", HEARING)


def test_where_there_is_no_hearing_the_holder_states_art_45() -> None:
    assert period(State.NOTIFIED, OTHER, statement_until=UNTIL) == ("statement", UNTIL)
    assert period(State.NOTIFIED, OTHER, statement_until=UNTIL, stated=True) is None
    assert period(State.NOTIFIED, OTHER) is None


@pytest.mark.parametrize("state", [State.PROPOSED, State.HEARING_REQUESTED, State.HEARD])
def test_nobody_waits_for_a_day_where_none_is_set(state: State) -> None:
    assert period(state, None if state is State.PROPOSED else REVOKED) is None
