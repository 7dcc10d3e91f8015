"""How registrations of discharges are filed, changed, renewed and ended."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.kit.identifiers import check
from services.kit.identifiers.make import make_uscc
from services.permits.catalogue.conditions import STRICTNESS, Class
from services.permits.registrations import rules
from services.permits.registrations.practice import PATH, PracticeInvalid, load, practice
from services.permits.registrations.rules import Filed, Standing, Step

DAYS = st.dates(date(2021, 3, 1), date(2040, 12, 31))
# Written out beside the rules: a step that is not here is not open.
OPEN = {
    "in_force": {"change", "renewal", "cancellation"},
    "expired": {"renewal", "cancellation"},
    "cancelled": set[str](),
}


class TestChangeArticle24:
    @pytest.mark.parametrize(("days", "late"), [(0, 0), (20, 0), (21, 1), (50, 30)])
    def test_a_change_is_filed_within_twenty_days(self, days: int, late: int) -> None:
        changed = date(2026, 3, 1)
        assert rules.days_late(changed, changed + timedelta(days=days), practice()) == late

    def test_what_lies_ahead_or_is_older_than_the_registration_is_refused(self) -> None:
        codes = []
        for day in (date(2026, 1, 31), date(2026, 2, 1), date(2026, 3, 1), date(2026, 3, 2)):
            found = Findings()
            rules.check_changed_on(found, day, filed_on=date(2026, 3, 1), since=date(2026, 2, 1))
            codes.append([error.code for error in found.errors])
            assert {error.article for error in found.errors} <= {"排污许可管理条例 第二十四条"}
        assert codes == [["change_before_filing"], [], [], ["change_ahead"]]


class TestValidity:
    def test_it_holds_five_years_to_the_day_before_the_anniversary(self) -> None:
        assert rules.validity(date(2026, 11, 26), practice()) == date(2031, 11, 25)
        assert rules.validity(date(2024, 2, 29), practice()) == date(2029, 2, 28)

    @given(DAYS, DAYS)
    def test_a_renewal_leaves_no_day_double_and_fills_no_gap(self, last: date, filed: date) -> None:
        first = rules.renewed_from(last, filed)
        assert first > last
        assert first >= filed
        gap = (first - last).days - 1
        assert gap == max(0, rules.renewal_late(last, filed) - 1)

    def test_it_may_be_renewed_in_its_last_twenty_days(self) -> None:
        assert rules.renewal_opens_on(date(2031, 11, 25), practice()) == date(2031, 11, 5)

    @given(st.lists(st.tuples(st.sampled_from(Step), st.integers(0, 2500)), max_size=12))
    def test_no_sequence_of_steps_runs_backwards_or_past_a_cancellation(
        self, steps: list[tuple[Step, int]]
    ) -> None:
        today = date(2026, 1, 1)
        newest = Filed(Step.FIRST, today, rules.validity(today, practice()))
        for step, days in steps:
            today += timedelta(days=days)
            standing = rules.standing_on(newest, today)
            if step not in rules.OPEN[standing]:
                continue
            assert newest.step is not Step.CANCELLATION
            last = newest.valid_to
            if step is Step.RENEWAL:
                if today < rules.renewal_opens_on(last, practice()):
                    continue
                last = rules.validity(rules.renewed_from(last, today), practice())
                assert last <= rules.validity(today, practice()) + timedelta(days=21)
            assert last >= newest.valid_to
            newest = Filed(step, today, last)
            expected = "cancelled" if step is Step.CANCELLATION else "in_force"
            assert rules.standing_on(newest, today) == expected

    def test_every_step_is_open_from_where_it_should_or_not(self) -> None:
        for standing, step in itertools.product(get_args(Standing), Step):
            assert (step in rules.OPEN[standing]) == (step.value in OPEN[standing]), (standing, step)


class TestOutcomeArticles2And24:
    def test_what_is_at_least_simplified_needs_a_permit_and_what_is_open_is_looked_at(self) -> None:
        found = {
            (least, most): rules.outcome(least, most)
            for least, most in itertools.product(get_args(Class), repeat=2)
            if STRICTNESS[least] <= STRICTNESS[most]
        }
        assert found == {
            ("none", "none"): "not_managed",
            ("none", "registration"): "for_review",
            ("none", "simplified"): "for_review",
            ("none", "key"): "for_review",
            ("registration", "registration"): "registration",
            ("registration", "simplified"): "for_review",
            ("registration", "key"): "for_review",
            ("simplified", "simplified"): "permit_needed",
            ("simplified", "key"): "permit_needed",
            ("key", "key"): "permit_needed",
        }


class TestNumberHj608:
    @given(st.integers(1, 999), st.sampled_from("WXYZ"))
    def test_it_is_well_formed(self, serial: int, mark: str) -> None:
        number = rules.receipt_number(make_uscc(region="152501", serial=7), serial, mark)
        verdict = check("permit_number", number)
        assert verdict.ok
        assert verdict.warnings == ()

    def test_serials_go_up_and_end_at_999(self) -> None:
        assert rules.next_serial([]) == 1
        assert rules.next_serial([1, 4, 2]) == 5
        assert rules.next_serial([999]) is None

    def test_a_site_that_registers_anew_has_the_next_mark(self) -> None:
        given_so_far = list[str]()
        while (mark := rules.next_mark(given_so_far, practice())) is not None:
            given_so_far.append(mark)
        assert given_so_far == ["W", "X", "Y", "Z"]


@pytest.mark.parametrize(
    "change", [("valid_years = 5", "valid_years = 0"), ('"WXYZ"', '"w"'), ("marks", "mark")]
)
def test_a_practice_that_makes_no_sense_is_refused(tmp_path: Path, change: tuple[str, str]) -> None:
    path = tmp_path / "practice.toml"
    path.write_text(PATH.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(PracticeInvalid):
        load(path)
