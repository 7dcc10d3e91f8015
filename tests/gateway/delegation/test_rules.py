"""What may be delegated, how a delegation stands, and that its tokens never outlive it."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.delegation.rules import (
    OF_A_SITE,
    RIGHT_SCOPES,
    Right,
    Standing,
    State,
    Step,
    after,
    check_extent,
    check_representative,
    scopes_of,
    standing,
)
from gateway.identity import rules as identity
from services.kit.auth import DELEGABLE_VERBS, delegable
from services.kit.authority import Authority
from services.kit.endings import CurrentDelegations
from services.kit.findings import Findings

TODAY = date(2026, 11, 26)
USCC = "911525017332825861"
# Written out beside the rules: a step that is not here is not open.
OPEN = {
    ("invited", "accept"): "active",
    ("invited", "decline"): "declined",
    ("invited", "change"): "invited",
    ("invited", "withdraw"): "withdrawn",
    ("lapsed", "withdraw"): "withdrawn",
    ("active", "change"): "active",
    ("active", "withdraw"): "withdrawn",
    ("active", "resign"): "resigned",
    ("expired", "change"): "active",
    ("expired", "withdraw"): "withdrawn",
    ("expired", "resign"): "resigned",
}


def test_every_step_from_every_standing_leads_where_it_should_or_nowhere() -> None:
    for present, step in itertools.product(Standing, Step):
        assert after(present, step) == OPEN.get((present.value, step.value)), (present, step)


def test_no_right_gives_a_signature_or_a_decision() -> None:
    for right in Right:
        scopes = scopes_of([right])
        assert scopes == delegable(scopes)
        assert {scope.rpartition(":")[2] for scope in scopes} <= DELEGABLE_VERBS
    assert not scopes_of(Right) & {"permits:submit", "waste:submit", "credit:state", "delegations:manage"}


def test_every_right_is_one_that_the_representative_of_an_enterprise_can_give() -> None:
    assert scopes_of(Right) <= identity.scopes_of(["enterprise"])


@pytest.mark.parametrize(
    ("state", "answer_until", "valid_until", "expected"),
    [
        (State.INVITED, 0, None, Standing.INVITED),
        (State.INVITED, -1, None, Standing.LAPSED),
        (State.INVITED, 5, -1, Standing.LAPSED),
        (State.ACTIVE, -1, None, Standing.ACTIVE),
        (State.ACTIVE, -1, 0, Standing.ACTIVE),
        (State.ACTIVE, -1, -1, Standing.EXPIRED),
        (State.WITHDRAWN, 5, 5, Standing.WITHDRAWN),
        (State.DECLINED, -1, -1, Standing.DECLINED),
        (State.RESIGNED, -1, -1, Standing.RESIGNED),
    ],
)
def test_the_last_day_belongs_to_it(
    state: State, answer_until: int, valid_until: int | None, expected: Standing
) -> None:
    until = None if valid_until is None else TODAY + timedelta(days=valid_until)
    answer = TODAY + timedelta(days=answer_until)
    assert standing(state, answer_until=answer, valid_until=until, today=TODAY) is expected


def found_in(**changes: object) -> set[tuple[str, str]]:
    found = Findings()
    extent: dict[str, object] = {
        "uscc": USCC,
        "rights": ["permits:file"],
        "sites": None,
        "valid_until": None,
        "held": identity.scopes_of(["enterprise"]),
        "today": TODAY,
        **changes,
    }
    check_extent(found, **extent)  # type: ignore[arg-type]
    return {(error.pointer, error.code) for error in found.errors}


def test_everything_wrong_with_an_extent_is_found_at_once() -> None:
    assert found_in() == set()
    wrong = found_in(
        rights=["permits:file", "credit:read", "permits:file"],
        sites=[f"{USCC}001P", "91152501MA0000000X001P", f"{USCC}001P"],
        valid_until=TODAY - timedelta(days=1),
        held=frozenset({"permits:read", "permits:file"}),
    )
    assert wrong == {
        ("/rights/1", "right_not_held"),
        ("/rights/1", "right_of_no_site"),
        ("/rights/2", "right_repeated"),
        ("/sites/1", "site_not_of_enterprise"),
        ("/sites/2", "site_repeated"),
        ("/valid_until", "day_over"),
    }


@given(st.lists(st.sampled_from(Right), min_size=1, unique=True), st.sampled_from([None, [f"{USCC}001P"]]))
def test_rights_over_what_belongs_to_no_site_are_given_whole(
    rights: list[Right], sites: list[str] | None
) -> None:
    expected = {
        (f"/rights/{index}", "right_of_no_site")
        for index, right in enumerate(rights)
        if sites is not None and right not in OF_A_SITE
    }
    assert found_in(rights=rights, sites=sites) == expected


@given(st.lists(st.sampled_from(Right), min_size=1), st.frozensets(st.sampled_from(sorted(scopes_of(Right)))))
def test_nobody_gives_more_than_they_hold(rights: list[Right], held: frozenset[str]) -> None:
    refused = {where for where, code in found_in(rights=rights, held=held) if code == "right_not_held"}
    for index, right in enumerate(rights):
        assert (f"/rights/{index}" in refused) == (not RIGHT_SCOPES[right] <= held)


def test_only_who_stands_for_the_enterprise_invites() -> None:
    for usccs, expected in (((USCC,), set()), ((), {"not_your_enterprise"})):
        found = Findings()
        check_representative(found, uscc=USCC, usccs=usccs)
        assert {error.code for error in found.errors} == expected


@given(st.uuids(), st.integers(min_value=1))
def test_an_authority_reads_as_it_was_written(delegation_id: object, version: int) -> None:
    authority = Authority(str(delegation_id), version)
    assert Authority.parse(str(authority)) == authority


@pytest.mark.parametrize("text", ["", ".", "x", "x.", ".1", "x.-1", "x.1.5.", "x.٣", "x.1 "])
def test_what_is_no_authority_is_stale(text: str) -> None:
    with pytest.raises(ValueError, match=r"no authority"):
        Authority.parse(text)
    assert CurrentDelegations(token_lifetime=timedelta(minutes=15)).is_stale(text)


class ADelegationAndItsTokens(RuleBasedStateMachine):
    """Steps in any order, tokens taken in between, notices that come late, twice or in the wrong order."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.version, self.day = State.INVITED, 1, TODAY
        self.valid_until: date | None = TODAY + timedelta(days=20)
        self.tokens: list[int] = []
        self.notices: list[str] = []
        self.ended = False
        self.gateway = CurrentDelegations(token_lifetime=timedelta(minutes=15))

    def standing(self) -> Standing:
        until = TODAY + timedelta(days=14)
        return standing(self.state, answer_until=until, valid_until=self.valid_until, today=self.day)

    @rule(step=st.sampled_from(Step))
    def take(self, step: Step) -> None:
        following = after(self.standing(), step)
        if following is None:
            return
        assert not self.ended
        self.state, self.version = following, self.version + 1
        if step is Step.CHANGE:
            self.valid_until = self.day + timedelta(days=20)
        self.ended = following not in (State.INVITED, State.ACTIVE)
        self.notices.append(str(Authority("d", self.version)))
        self.gateway.heard(self.notices[-1])

    @rule(days=st.integers(min_value=1, max_value=30))
    def time_passes(self, days: int) -> None:
        self.day += timedelta(days=days)
        self.tokens.clear()  # none of them lives so long

    @precondition(lambda self: self.standing() is Standing.ACTIVE)
    @rule()
    def exchange(self) -> None:
        self.tokens.append(self.version)

    @precondition(lambda self: self.notices)
    @rule(data=st.data())
    def an_old_notice_comes_again(self, data: st.DataObject) -> None:
        self.gateway.heard(data.draw(st.sampled_from(self.notices)))

    @invariant()
    def a_token_holds_under_the_extent_that_is_in_force_and_no_other(self) -> None:
        for version in self.tokens:
            stale = self.gateway.is_stale(str(Authority("d", version)))
            assert stale == (version != self.version)
            if not stale:
                assert self.standing() is Standing.ACTIVE

    @invariant()
    def what_ended_stays_so(self) -> None:
        if self.ended:
            assert all(after(self.standing(), step) is None for step in Step)


TestADelegationAndItsTokens = ADelegationAndItsTokens.TestCase


def test_the_memory_of_changes_has_an_end_and_the_oldest_go_first() -> None:
    gateway = CurrentDelegations(token_lifetime=timedelta(minutes=15), most=3)
    for name in "abcd":
        gateway.heard(f"{name}.2")
    assert len(gateway) == 3
    assert [gateway.is_stale(f"{name}.1") for name in "abcd"] == [False, True, True, True]
