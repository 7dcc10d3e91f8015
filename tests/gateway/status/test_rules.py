"""What a process says of itself, judged: up, weak or down, and why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.status.rules import FAR_BEHIND, Calls, Part, Service, State, gateway_of, service_of, worst

QUIET = Calls("closed", instances=1, ejected=0)


def said(**changes: Any) -> dict[str, Any]:
    well = {
        "status": "ok",
        "database": "ok",
        "database_ms": 1.5,
        "version": "0.1.0",
        "started_at": "2026-11-26T08:00:00+00:00",
        "feed": {"position": 40, "unnumbered": 0},
        "consumers": [{"name": "permits.credit_grades", "reads": "credit", "position": 90, "parked": 0}],
    }
    return {**well, **changes}


def consumer(**changes: Any) -> list[dict[str, Any]]:
    return [{**said()["consumers"][0], **changes}]


def judged(answer: dict[str, Any] | None, calls: Calls = QUIET) -> Service:
    return service_of("permits", answer, calls, {"credit": 100})


def part(service: Service, name: str) -> Part:
    (found,) = [each for each in service.parts if each.name == name]
    return found


def test_a_service_that_says_that_all_is_well_is_up() -> None:
    service = judged(said())
    assert (service.state, service.version) == (State.UP, "0.1.0")
    assert {each.name for each in service.parts} == {"database", "feed", "permits.credit_grades", "calls"}
    behind = part(service, "permits.credit_grades")
    assert (behind.state, behind.note and behind.note.en) == (State.UP, "10 events behind")
    assert behind.title.zh == "读取环境信用的事件"


def test_a_service_that_says_nothing_is_down() -> None:
    service = judged(None)
    assert (service.state, service.version) == (State.DOWN, None)
    assert part(service, "answers").state is State.DOWN


@pytest.mark.parametrize(
    ("answer", "calls", "name", "state"),
    [
        (said(database="unavailable", status="unavailable"), QUIET, "database", State.DOWN),
        (said(feed={"position": 1, "unnumbered": 1001}), QUIET, "feed", State.WEAK),
        (said(feed={"position": 1, "unnumbered": 3}), QUIET, "feed", State.UP),
        (said(consumers=consumer(parked=1)), QUIET, "permits.credit_grades", State.WEAK),
        (said(consumers=consumer(silent_s=121)), QUIET, "permits.credit_grades", State.WEAK),
        (said(consumers=consumer(silent_s=30)), QUIET, "permits.credit_grades", State.UP),
        (said(consumers=consumer(position=100)), QUIET, "permits.credit_grades", State.UP),
        (said(consumers=consumer(position=-FAR_BEHIND)), QUIET, "permits.credit_grades", State.WEAK),
        ({"status": "draining"}, QUIET, "requests", State.WEAK),
        (said(status="unavailable", policy=["GET /x"]), QUIET, "requests", State.DOWN),
        (said(), Calls("open", 1, 0), "calls", State.DOWN),
        (said(), Calls("half_open", 1, 0), "calls", State.WEAK),
        (said(), Calls("closed", 2, 1), "calls", State.WEAK),
    ],
)
def test_what_is_wrong_is_named_and_makes_the_service_so(
    answer: dict[str, Any], calls: Calls, name: str, state: State
) -> None:
    service = judged(answer, calls)
    assert part(service, name).state is state
    assert service.state is state
    assert state is State.UP or part(service, name).note is not None


def test_a_consumer_whose_feed_is_not_known_is_not_guessed_to_be_behind() -> None:
    service = service_of("permits", said(), QUIET, {})
    assert part(service, "permits.credit_grades").state is State.UP


@pytest.mark.parametrize(
    ("counters", "state"), [("memory", State.UP), ("shared", State.UP), ("alone", State.WEAK)]
)
def test_the_gateway_is_its_database_and_its_counters(counters: str, state: State) -> None:
    assert gateway_of(said(), counters=counters).state is state
    assert gateway_of(said(database="unavailable"), counters=counters).state is State.DOWN


@given(st.lists(st.sampled_from(State)))
def test_the_whole_is_as_its_worst_part(states: list[State]) -> None:
    found = worst(states)
    assert found in states or (not states and found is State.UP)
    assert not (State.DOWN in states and found is not State.DOWN)
    assert not (State.WEAK in states and found is State.UP)
