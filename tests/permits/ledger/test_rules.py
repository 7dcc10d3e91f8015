"""The environmental management ledger (排污许可管理条例 art. 21, HJ 944-2018)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.permits.ledger import rules
from services.permits.ledger.rules import COMMON, CONTENTS, Kind

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def found(check: object, *args: object, **kwargs: object) -> list[tuple[str, str]]:
    findings = Findings()
    check(findings, *args, **kwargs)  # type: ignore[operator]
    return [(each.pointer, each.code) for each in findings.errors]


class TestContent:
    @pytest.mark.parametrize("kind", list(Kind))
    def test_hj_944_4_an_entry_says_what_its_kind_needs(self, kind: Kind) -> None:
        content = CONTENTS[kind]
        assert found(rules.check_content, kind, content.needs | content.may | COMMON) == []
        assert content.fits(content.needs)
        assert {place for place, _ in found(rules.check_content, kind, set())} == {
            f"/{name}" for name in content.needs
        }

    def test_hj_944_4_what_is_of_another_kind_is_refused(self) -> None:
        said = {"name", "quantity", "unit", "cause"}
        assert found(rules.check_content, Kind.PRODUCTION, said) == [("/cause", "member_not_of_kind")]

    @given(
        st.sampled_from(Kind), st.sets(st.sampled_from(sorted({"cause", "name", "unit", "quantity", "note"})))
    )
    def test_the_quick_answer_and_the_findings_agree(self, kind: Kind, given_members: set[str]) -> None:
        assert CONTENTS[kind].fits(given_members) == (not found(rules.check_content, kind, given_members))

    @pytest.mark.parametrize(
        ("kind", "code", "right"),
        [
            (Kind.PRODUCTION, "MF0001", True),
            (Kind.PRODUCTION, "TA001", False),
            (Kind.PRODUCTION, None, False),
            (Kind.TREATMENT, "TW001", True),
            (Kind.MONITORING, "DA001", True),
            (Kind.MONITORING, "MF0001", False),
            (Kind.OTHER, None, True),
        ],
    )
    def test_hj_608_the_facility_is_of_the_sort_that_the_kind_is_about(
        self, kind: Kind, code: str | None, *, right: bool
    ) -> None:
        assert (found(rules.check_facility, kind, code) == []) == right


class TestTruth:
    def test_art_21_nothing_ends_before_it_begins_or_before_it_has_ended(self) -> None:
        def order(ended_at: datetime) -> list[tuple[str, str]]:
            return found(rules.check_order, happened_at=NOW, ended_at=ended_at, latest=NOW)

        assert order(NOW) == []
        assert order(NOW - timedelta(seconds=1)) == [("/ended_at", "ends_before_it_begins")]
        assert order(NOW + timedelta(hours=1)) == [("/ended_at", "in_the_future")]

    def test_art_21_an_outlet_is_one_of_the_permit_and_facilities_are_not_outlets(self) -> None:
        assert found(rules.check_outlet, "DA002", outlets={"DA001"}) == [
            ("/facility_code", "outlet_not_permitted")
        ]
        assert found(rules.check_outlet, "MF0002", outlets={"DA001"}) == []
        assert found(rules.check_outlet, None, outlets=set()) == []
