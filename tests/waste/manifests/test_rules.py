"""The machine of a manifest, read off its own table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.waste.manifests import rules
from services.waste.manifests.rules import HOLDS_RESERVATION, STEPS, TRANSITIONS, State, Step, after

NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
ENDS = {State.ACCEPTED, State.PARTIALLY_ACCEPTED, State.REJECTED, State.CANCELLED}


def test_every_state_is_reached_and_every_state_but_the_ends_is_left() -> None:
    assert {*TRANSITIONS.values(), State.DRAFT} == set(State)
    assert {before for before, _ in TRANSITIONS} == set(State) - ENDS


def test_every_step_has_its_party_and_its_article() -> None:
    assert set(STEPS) == set(Step)
    assert all("第" in rule.article for rule in STEPS.values())


def test_once_on_the_road_a_manifest_cannot_be_cancelled() -> None:
    for state in State:
        open_to_cancel = after(state, Step.CANCEL) is not None
        assert open_to_cancel == (state in (State.DRAFT, State.SUBMITTED, State.READY))


@given(st.lists(st.sampled_from(list(Step)), max_size=12))
def test_no_walk_ever_comes_back_to_a_state_and_an_end_stays_an_end(steps: list[Step]) -> None:
    state, seen = State.DRAFT, [State.DRAFT]
    for step in steps:
        following = after(state, step)
        if state in ENDS:
            assert following is None
        if following is not None:
            state = following
            assert state not in seen
            seen.append(state)


def test_a_reservation_is_held_exactly_between_submission_and_decision() -> None:
    assert {State.SUBMITTED, State.READY, State.IN_TRANSIT, State.ARRIVED} == HOLDS_RESERVATION
    assert set(State) - HOLDS_RESERVATION == ENDS | {State.DRAFT}


@pytest.mark.parametrize(
    ("moment", "codes"),
    [
        (NOW, []),
        (NOW + rules.CLOCK_SKEW, []),
        (NOW + rules.CLOCK_SKEW + timedelta(seconds=1), ["time_in_future"]),
        (NOW - timedelta(hours=1) - rules.CLOCK_SKEW, []),
        (NOW - timedelta(hours=1, seconds=1) - rules.CLOCK_SKEW, ["time_before_previous_step"]),
    ],
)
def test_check_time_one_step_after_the_other_and_none_in_the_future(
    moment: datetime, codes: list[str]
) -> None:
    found = Findings()
    rules.check_time(found, "/at", moment=moment, not_before=NOW - timedelta(hours=1), now=NOW)
    assert [error.code for error in found.errors] == codes


def test_check_load_order_23_article_13_a_mismatch_is_not_loaded() -> None:
    found = Findings()
    rules.check_load(found, load_matches=False)
    assert [error.code for error in found.errors] == ["load_mismatch"]
    assert found.errors[0].article == "危险废物转移管理办法 第十三条"
