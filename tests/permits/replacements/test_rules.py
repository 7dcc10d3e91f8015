"""When a lost or damaged certificate is asked for and given again."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from services.kit.findings import Findings
from services.kit.working_days import CALENDAR_DAYS, working_calendar
from services.permits.replacements import rules
from services.permits.replacements.practice import PATH, TermsInvalid, load, practice

LOST = date(2026, 9, 1)


class TestTermsOf2018:
    @pytest.mark.parametrize(("days", "late"), [(0, 0), (30, 0), (31, 1)])
    def test_the_holder_applies_within_thirty_days(self, days: int, late: int) -> None:
        assert rules.days_late(LOST, LOST + timedelta(days=days), practice()) == late

    def test_the_office_reissues_within_ten_working_days(self) -> None:
        # 25-27 September and 1-7 October are off, 20 September and 10 October are worked
        assert rules.reissue_by(date(2026, 9, 18), practice(), working_calendar()).on == date(2026, 10, 9)

    def test_a_city_may_count_calendar_days(self) -> None:
        terms = rules.Practice(apply_within_days=30, reissue_within_days=10, reissue_counts="calendar_days")
        due = rules.reissue_by(LOST, terms, working_calendar())
        assert (due.on, due.calendar) == (date(2026, 9, 11), CALENDAR_DAYS)

    def test_a_loss_is_stated_and_does_not_lie_ahead(self) -> None:
        def codes(cause: rules.Cause, statement: str | None, day: date) -> list[str]:
            found = Findings()
            rules.check_request(found, cause=cause, statement=statement, happened_on=day, applied_on=LOST)
            return [error.code for error in found.errors]

        assert codes("lost", "声明作废", LOST) == []
        assert codes("damaged", None, LOST) == []
        assert codes("lost", None, LOST + timedelta(days=1)) == ["loss_statement_required", "day_ahead"]

    @pytest.mark.parametrize(
        ("day", "expected"), [(LOST, []), (LOST - timedelta(days=1), ["day_before_permit"])]
    )
    def test_no_certificate_is_lost_before_it_is_issued(self, day: date, expected: list[str]) -> None:
        found = Findings()
        rules.check_since(found, happened_on=day, issued_on=LOST)
        assert [error.code for error in found.errors] == expected

    def test_the_first_certificate_is_copy_one(self) -> None:
        assert [rules.next_copy(given) for given in range(3)] == [2, 3, 4]


def test_terms_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "practice.toml"
    path.write_text(PATH.read_text(encoding="utf-8").replace("working_days", "moons"), encoding="utf-8")
    with pytest.raises(TermsInvalid):
        load(path)
