"""Roles and what they may do."""

from __future__ import annotations

import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.identity import rules

# The people of the design (docs: People and scopes); a system has the scopes granted to it, the public none.
ENTERPRISE_SIDE = {"enterprise", "carrier", "driver", "receiver", "hospital", "collection_point", "agent"}
BUREAU = {"clerk", "reviewer", "approver", "inspector", "duty_officer", "auditor"}
OTHERS = {"storekeeper", "administrator", "bank", "insurer"}

SCOPES = st.frozensets(st.sampled_from(sorted(rules.ALL_SCOPES)))


def test_every_role_of_the_design_exists_and_no_other() -> None:
    assert set(rules.ROLE_SCOPES) == ENTERPRISE_SIDE | BUREAU | OTHERS


def test_every_role_may_do_something_and_every_scope_reads_service_and_verb() -> None:
    for role, scopes in rules.ROLE_SCOPES.items():
        assert scopes, role
    assert all(
        re.fullmatch(
            r"(permits|waste|credit|emergency|events|accounts|audit|devices|delegations|endings):[a-z]+", s
        )
        for s in rules.ALL_SCOPES
    )


@given(st.sets(st.sampled_from(sorted(ENTERPRISE_SIDE | OTHERS)) | st.text()))
def test_no_combination_of_other_roles_reads_every_enterprise(roles: set[str]) -> None:
    assert not rules.reads_every_enterprise(roles - BUREAU)


@given(st.sampled_from(sorted(BUREAU)), st.sets(st.text()))
def test_the_bureau_reads_every_enterprise(role: str, others: set[str]) -> None:
    assert rules.reads_every_enterprise({role, *others})


@pytest.mark.parametrize("first", sorted(ENTERPRISE_SIDE | BUREAU | OTHERS))
def test_whoever_submits_does_not_decide(first: str) -> None:
    deciding = {"permits:review", "permits:approve", "permits:register", "credit:approve", "permits:inspect"}
    scopes = rules.scopes_of([first])
    assert not ("permits:submit" in scopes and deciding & scopes)
    assert not {"permits:review", "permits:approve"} <= scopes


def test_what_acts_for_an_enterprise_is_no_scope_of_the_bureau() -> None:
    assert {"permits:file", "permits:submit", "waste:submit", "waste:receive"} <= rules.ACTING_SCOPES
    assert not rules.ACTING_SCOPES & {
        "permits:read",
        "events:read",
        "permits:register",
        "permits:tax",
        "credit:state",
    }
    assert (
        rules.scopes_of_system(rules.ALL_SCOPES, every_enterprise=True)
        == rules.ALL_SCOPES - rules.ACTING_SCOPES
    )
    assert rules.scopes_of_system(rules.ALL_SCOPES, every_enterprise=False) == rules.ALL_SCOPES


def test_two_roles_may_do_what_either_may() -> None:
    for first, second in combinations(sorted(rules.ROLE_SCOPES), 2):
        assert rules.scopes_of([first, second]) == rules.scopes_of([first]) | rules.scopes_of([second])


@given(st.text().filter(lambda name: name not in rules.ROLE_SCOPES))
def test_an_unknown_role_may_do_nothing(role: str) -> None:
    assert rules.scopes_of([role]) == frozenset()


@given(SCOPES, st.none() | st.text() | SCOPES.map(" ".join))
def test_a_token_never_has_more_than_is_held_or_than_was_asked_for(
    held: frozenset[str], asked: str | None
) -> None:
    granted = rules.granted(held, asked)
    assert granted <= held
    assert granted == held if asked is None else granted <= set(asked.split())
