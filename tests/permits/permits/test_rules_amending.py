"""When a permit may have a new version (排污许可管理条例 art. 14, 15 and 16)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.permits.permits import rules_amending as rules
from services.permits.permits.models import BASES
from services.permits.permits.rules_amending import Term

PRESENT = Term(date(2025, 1, 1), date(2029, 12, 31), date(2025, 1, 1))


def term(first: str, last: str, effective: str) -> Term:
    return Term(date.fromisoformat(first), date.fromisoformat(last), date.fromisoformat(effective))


def found_by(check: Any, **named: Any) -> list[tuple[str, str]]:
    found = Findings()
    check(found, **named)
    assert all(error.article for error in found.errors)
    return [(error.pointer, error.code) for error in found.errors]


class TestCheckBeginArticle14:
    @given(
        st.dates(date(2025, 1, 1), date(2029, 12, 31)),
        st.dates(date(2024, 1, 1), date(2031, 12, 31)),
    )
    def test_no_clock_runs_backwards_and_a_version_begins_within_its_term(
        self, present: date, begin: date
    ) -> None:
        before = Term(PRESENT.valid_from, PRESENT.valid_to, present)
        new = Term(PRESENT.valid_from, PRESENT.valid_to, begin)
        codes = {code for _, code in found_by(rules.check_begin, present=before, new=new)}
        assert ("version_backdated" in codes) == (begin < present)
        assert ("outside_validity" in codes) == (not PRESENT.valid_from <= begin <= PRESENT.valid_to)


class TestCheckTermArticles14And16:
    @pytest.mark.parametrize("kind", ["basic_change", "change", "adjustment"])
    def test_a_change_keeps_the_term(self, kind: str) -> None:
        same = term("2025-01-01", "2029-12-31", "2027-05-01")
        longer = term("2025-01-02", "2030-01-01", "2027-05-01")
        assert found_by(rules.check_term, kind=kind, present=PRESENT, new=same) == []
        assert found_by(rules.check_term, kind=kind, present=PRESENT, new=longer) == [
            ("/valid_from", "term_changed"),
            ("/valid_to", "term_changed"),
        ]

    def test_a_renewal_follows_without_a_gap_and_lengthens(self) -> None:
        for first, last, expected in (
            ("2030-01-01", "2034-12-31", []),
            ("2029-11-01", "2034-10-31", []),
            ("2030-01-02", "2034-12-31", [("/valid_from", "renewal_gap")]),
            ("2028-01-01", "2029-12-31", [("/valid_to", "renewal_shorter")]),
        ):
            new = term(first, last, first)
            assert found_by(rules.check_term, kind="renewal", present=PRESENT, new=new) == expected

    def test_a_reapplication_begins_a_term_of_its_own(self) -> None:
        new = term("2027-05-01", "2032-04-30", "2027-05-01")
        assert found_by(rules.check_term, kind="reapplication", present=PRESENT, new=new) == []


class TestCheckReasonArticle16:
    def test_the_authority_says_why_it_changes_by_itself(self) -> None:
        assert found_by(rules.check_reason, kind="adjustment", reason=None) == [
            ("/basis/reason", "reason_missing")
        ]
        assert found_by(rules.check_reason, kind="adjustment", reason="新标准施行") == []
        assert found_by(rules.check_reason, kind="change", reason=None) == []

    def test_every_kind_of_version_has_its_article(self) -> None:
        assert set(rules.ARTICLES) == set(BASES)
