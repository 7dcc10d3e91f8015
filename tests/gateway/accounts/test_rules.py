"""Enterprise people have enterprises, bureau staff a department, nobody both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.accounts import rules
from gateway.identity.rules import FOR_ENTERPRISES, OF_THE_BUREAU, ROLE_SCOPES
from gateway.policy.rules import AUDIENCE_OF_ROLE, Audience

USCC = "911525017332825861"


@pytest.mark.parametrize(
    ("roles", "usccs", "department", "wrong"),
    [
        (["enterprise"], [USCC], None, []),
        (["clerk"], [], "permits-office", []),
        (["clerk"], [], None, []),
        (["bank"], [], None, []),
        (["enterprise"], [], None, ["uscc_needed"]),
        (["approver"], [USCC], None, ["uscc_of_staff"]),
        (["enterprise"], [USCC], "permits-office", ["department_of_no_staff"]),
        (["king"], [], None, ["unknown_role"]),
        (["restricted"], [], None, ["unknown_role"]),
        (["system"], [], None, ["unknown_role"]),
    ],
)
def test_an_account_belongs_where_its_roles_say(
    roles: list[str], usccs: list[str], department: str | None, wrong: list[str]
) -> None:
    assert [fault.code for fault in rules.faults(roles, usccs, department)] == wrong


@given(st.sets(st.sampled_from(sorted(ROLE_SCOPES)), min_size=1), st.booleans(), st.booleans())
def test_nobody_acts_for_an_enterprise_and_for_the_bureau(roles: set[str], uscc: bool, office: bool) -> None:
    faults = list(rules.faults(roles, [USCC] if uscc else [], "office" if office else None))
    if not faults:
        assert not (FOR_ENTERPRISES & roles and OF_THE_BUREAU & roles)


def test_every_role_is_of_one_kind_of_caller_and_the_policy_agrees() -> None:
    bureau = {role for role, audience in AUDIENCE_OF_ROLE.items() if audience is Audience.BUREAU}
    assert {r for r, a in AUDIENCE_OF_ROLE.items() if a is Audience.ENTERPRISE} >= FOR_ENTERPRISES
    assert bureau >= OF_THE_BUREAU
    assert set(ROLE_SCOPES) <= set(AUDIENCE_OF_ROLE)
