"""What a record must satisfy, and its steps; each rule under the name of what it says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.credit.records import rules
from services.credit.records.rules import State, Step
from services.kit.findings import Findings

DAY = date(2026, 6, 15)
KINDS_OF = {"fined": ("violation",), "clean": ("commendation",)}


def codes(found: Findings) -> list[tuple[str, str]]:
    return [(error.pointer, error.code) for error in found.errors]


class TestStates:
    @given(st.sampled_from(State), st.lists(st.sampled_from(Step), max_size=10))
    def test_no_step_leads_out_of_approved_and_only_pending_is_decided(
        self, state: State, steps: list[Step]
    ) -> None:
        for step in steps:
            following = rules.after(state, step)
            if state is State.APPROVED:
                assert following is None
            if step in (Step.APPROVE, Step.REJECT) and following is not None:
                assert state is State.PENDING
            state = following or state

    def test_the_way_of_a_record(self) -> None:
        assert rules.after(State.DRAFT, Step.SUBMIT) is State.PENDING
        assert rules.after(State.PENDING, Step.APPROVE) is State.APPROVED
        assert rules.after(State.PENDING, Step.REJECT) is State.REJECTED
        assert rules.after(State.REJECTED, Step.REVISE) is State.DRAFT

    def test_four_eyes_whoever_entered_or_submitted_does_not_approve(self) -> None:
        assert not rules.may_approve("a", hands=("a", "b"))
        assert not rules.may_approve("b", hands=("a", "b"))
        assert rules.may_approve("c", hands=("a", None))


class TestIdentity:
    @pytest.mark.parametrize(
        "same", ["锡环罚〔2026〕12号", "锡环罚[2026]12号", "锡环罚（2026）12 号", "锡环罚【２０２６】１２号"]
    )
    def test_one_document_number_in_its_spellings_is_one(self, same: str) -> None:
        assert rules.identity_key(same) == rules.identity_key("锡环罚〔2026〕12号")

    def test_another_number_is_another(self) -> None:
        assert rules.identity_key("锡环罚〔2026〕1号2") != rules.identity_key("锡环罚〔2026〕12号")


class TestDates:
    def test_it_happens_before_it_is_decided_and_not_after_today(self) -> None:
        found = Findings()
        rules.check_dates(found, act_date=date(2026, 6, 16), decision_date=DAY, today=DAY)
        assert codes(found) == [("/decision_date", "dates_reversed"), ("/act_date", "date_in_future")]

    def test_all_on_one_day_is_right(self) -> None:
        found = Findings()
        rules.check_dates(found, act_date=DAY, decision_date=DAY, today=DAY)
        assert codes(found) == []


class TestClause:
    @pytest.mark.parametrize(
        ("kind", "clause", "code"),
        [
            ("violation", None, "clause_required"),
            ("commendation", None, "clause_required"),
            ("compliance", None, None),
            ("incident", None, None),
            ("violation", "fined", None),
            ("violation", "clean", "clause_of_other_kind"),
            ("incident", "fined", "clause_of_other_kind"),
            ("violation", "unknown", "clause_unknown"),
        ],
    )
    def test_the_clause_is_one_of_the_pack_for_records_of_this_kind(
        self, kind: str, clause: str | None, code: str | None
    ) -> None:
        found = Findings()
        rules.check_clause(found, kind=kind, clause=clause, pack="p", kinds_of=KINDS_OF)
        assert [error.code for error in found.errors] == ([code] if code else [])


class TestClass:
    def test_order_36_the_class_of_a_violation_comes_with_its_basis(self) -> None:
        found = Findings()
        rules.check_class(found, kind="violation", severity="minor", basis=None)
        rules.check_class(found, kind="violation", severity=None, basis="简易程序")
        assert codes(found) == [
            ("/severity_basis", "class_without_basis"),
            ("/severity", "class_without_basis"),
        ]

    def test_order_36_only_violations_have_a_class(self) -> None:
        found = Findings()
        rules.check_class(found, kind="incident", severity="serious", basis="…")
        assert codes(found) == [("/severity", "class_of_other_kind")]

    def test_a_violation_may_wait_for_its_class(self) -> None:
        found = Findings()
        rules.check_class(found, kind="violation", severity=None, basis=None)
        assert codes(found) == []


def test_penalty_law_art_9_only_a_violation_is_fined() -> None:
    found = Findings()
    rules.check_fine(found, kind="violation", fine_cny=Decimal(1))
    assert codes(found) == []
    rules.check_fine(found, kind="commendation", fine_cny=Decimal(1))
    assert codes(found) == [("/fine_cny", "fine_of_other_kind")]


def test_hj_608_a_site_s_permit_number_begins_with_its_enterprise() -> None:
    found = Findings()
    rules.check_site(found, uscc="91152501XY0000011A", site="91152501XY0000011A001P")
    assert codes(found) == []
    rules.check_site(found, uscc="91152501XY0000011A", site="91152501XY0000029B001P")
    assert codes(found) == [("/site", "site_of_other")]
