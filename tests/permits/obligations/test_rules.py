"""Which reports a permit owes, for which periods and by when (排污许可管理条例 art. 22, HJ 944-2018)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.obligations import rules
from services.permits.obligations.rules import Due, Duties

DUTIES = Duties(quarterly=True, annual=True, quarterly_due_day=15, annual_due_month=1, annual_due_day=31)
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))
SPANS = st.tuples(DAYS, st.integers(0, 5 * 366)).map(
    lambda span: (span[0], span[0] + timedelta(days=span[1]))
)


def day(text: str) -> date:
    return date.fromisoformat(text)


def owed(first: str, last: str, kind: str, duties: Duties = DUTIES) -> list[Due]:
    found = rules.reports_due(duties, valid_from=day(first), valid_to=day(last))
    return [due for due in found if due.kind == kind]


class TestAddMonths:
    @pytest.mark.parametrize(
        ("start", "months", "end"),
        [
            ("2025-01-15", 1, "2025-02-15"),
            ("2025-01-31", 1, "2025-02-28"),
            ("2024-01-31", 1, "2024-02-29"),
            ("2025-11-30", 3, "2026-02-28"),
            ("2025-12-01", 1, "2026-01-01"),
        ],
    )
    def test_it_is_the_same_day_or_the_last_of_a_shorter_month(
        self, start: str, months: int, end: str
    ) -> None:
        assert rules.add_months(day(start), months) == day(end)

    @given(DAYS, st.integers(0, 60))
    def test_it_never_goes_past_the_month_that_is_asked_for(self, start: date, months: int) -> None:
        end = rules.add_months(start, months)
        assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
        assert end.day <= start.day


class TestHeldForHj944:
    @pytest.mark.parametrize(
        ("first", "last", "months", "held"),
        [
            ("2025-03-01", "2030-01-01", 1, True),  # March of the first quarter: one month
            ("2025-03-02", "2030-01-01", 1, False),
            ("2020-01-01", "2025-01-31", 1, True),  # January of it
            ("2020-01-01", "2025-01-30", 1, False),
            ("2025-02-10", "2025-03-09", 1, True),  # within it
            ("2025-02-10", "2025-03-08", 1, False),
            ("2025-04-01", "2030-01-01", 1, False),  # begins after the period
            ("2020-01-01", "2024-12-31", 1, False),  # ended before it
            ("2025-01-01", "2025-03-31", 3, True),
            ("2025-01-02", "2025-03-31", 3, False),
        ],
    )
    def test_only_the_days_within_the_period_count(
        self, first: str, last: str, months: int, held: bool
    ) -> None:
        start, end = day("2025-01-01"), day("2025-03-31")
        answer = rules.held_for(months, start=start, end=end, valid_from=day(first), valid_to=day(last))
        assert answer is held


class TestQuarterlyReportsHj944:
    def test_a_quarter_in_which_the_permit_was_held_for_a_month_is_owed(self) -> None:
        assert [due.period_start for due in owed("2025-03-01", "2025-06-30", "quarterly")] == [
            day("2025-01-01"),
            day("2025-04-01"),
        ]

    def test_a_quarter_in_which_it_was_held_for_less_is_not(self) -> None:
        assert [due.period_start for due in owed("2025-03-02", "2025-07-30", "quarterly")] == [
            day("2025-04-01")
        ]

    def test_a_permit_that_does_not_ask_for_them_owes_none(self) -> None:
        assert owed("2025-01-01", "2029-12-31", "quarterly", replace(DUTIES, quarterly=False)) == []

    def test_they_are_due_on_the_day_of_the_next_month_that_the_permit_names(self) -> None:
        found = owed("2025-01-01", "2025-12-31", "quarterly", replace(DUTIES, quarterly_due_day=20))
        due_days = ["2025-04-20", "2025-07-20", "2025-10-20", "2026-01-20"]
        assert [due.due_on.isoformat() for due in found] == due_days

    def test_each_says_by_which_rule_it_is_owed(self) -> None:
        assert {due.basis for due in owed("2025-01-01", "2025-12-31", "quarterly")} == {
            "排污许可管理条例 第二十二条; HJ 944-2018: 季度执行报告"
        }

    def test_those_before_the_register_took_over_are_not_kept_here(self) -> None:
        later = replace(DUTIES, quarterly_from=day("2025-07-01"))
        found = owed("2025-01-01", "2025-12-31", "quarterly", later)
        assert [due.period_start for due in found] == [day("2025-07-01"), day("2025-10-01")]
        assert len(owed("2025-01-01", "2025-12-31", "annual", later)) == 1


class TestAnnualReportsHj944:
    def test_a_year_in_which_the_permit_was_held_for_three_months_is_owed(self) -> None:
        assert len(owed("2025-10-01", "2025-12-31", "annual")) == 1

    def test_a_year_in_which_it_was_held_for_less_is_not(self) -> None:
        assert owed("2025-10-02", "2025-12-31", "annual") == []
        assert [due.period_start.year for due in owed("2025-10-02", "2027-03-30", "annual")] == [2026]

    def test_a_permit_that_does_not_ask_for_them_owes_none(self) -> None:
        assert owed("2025-01-01", "2029-12-31", "annual", replace(DUTIES, annual=False)) == []

    @pytest.mark.parametrize(
        ("month", "due_day", "due_on"),
        [(1, 31, "2026-01-31"), (1, 15, "2026-01-15"), (2, 31, "2026-02-28"), (4, 31, "2026-04-30")],
    )
    def test_they_are_due_as_the_permit_says_or_on_the_last_day_of_a_short_month(
        self, month: int, due_day: int, due_on: str
    ) -> None:
        duties = replace(DUTIES, annual_due_month=month, annual_due_day=due_day)
        (due,) = owed("2025-01-01", "2025-12-31", "annual", duties)
        assert due.due_on == day(due_on)

    def test_a_leap_february_has_its_29th(self) -> None:
        duties = replace(DUTIES, annual_due_month=2, annual_due_day=31)
        (due,) = owed("2027-01-01", "2027-12-31", "annual", duties)
        assert due.due_on == day("2028-02-29")

    def test_those_before_the_register_took_over_are_not_kept_here(self) -> None:
        found = owed("2024-01-01", "2026-12-31", "annual", replace(DUTIES, annual_from=day("2026-01-01")))
        assert [due.period_start.year for due in found] == [2026]


class TestReportsDueArticle22:
    @given(SPANS)
    def test_periods_of_one_kind_never_overlap(self, span: tuple[date, date]) -> None:
        found = rules.reports_due(DUTIES, valid_from=span[0], valid_to=span[1])
        for kind in ("quarterly", "annual"):
            periods = sorted((due.period_start, due.period_end) for due in found if due.kind == kind)
            assert all(earlier[1] < later[0] for earlier, later in pairwise(periods))

    @given(SPANS)
    def test_every_full_quarter_and_every_full_year_is_owed(self, span: tuple[date, date]) -> None:
        first, last = span
        found = rules.reports_due(DUTIES, valid_from=first, valid_to=last)
        starts = {(due.kind, due.period_start) for due in found}
        for year in range(first.year, last.year + 1):
            for month in (1, 4, 7, 10):
                end = rules.add_months(date(year, month, 1), 3) - timedelta(days=1)
                if first <= date(year, month, 1) and end <= last:
                    assert ("quarterly", date(year, month, 1)) in starts
            if first <= date(year, 1, 1) and date(year, 12, 31) <= last:
                assert ("annual", date(year, 1, 1)) in starts

    @given(SPANS, st.integers(1, 28), st.integers(1, 6), st.integers(1, 31))
    def test_each_report_touches_the_permit_and_is_due_after_its_period(
        self, span: tuple[date, date], quarterly_day: int, month: int, annual_day: int
    ) -> None:
        duties = Duties(
            quarterly=True,
            annual=True,
            quarterly_due_day=quarterly_day,
            annual_due_month=month,
            annual_due_day=annual_day,
        )
        for due in rules.reports_due(duties, valid_from=span[0], valid_to=span[1]):
            assert due.period_start <= span[1]
            assert due.period_end >= span[0]
            assert due.period_start < due.period_end < due.due_on

    @given(SPANS)
    def test_they_come_in_the_order_of_their_periods(self, span: tuple[date, date]) -> None:
        found = rules.reports_due(DUTIES, valid_from=span[0], valid_to=span[1])
        assert found == sorted(found, key=lambda due: (due.period_end, due.kind))


class TestDaysLateArticle37:
    @pytest.mark.parametrize(
        ("due_on", "submitted_on", "late"),
        [
            ("2026-04-15", "2026-04-14", 0),
            ("2026-04-15", "2026-04-15", 0),
            ("2026-04-15", "2026-04-16", 1),
            ("2024-02-15", "2024-03-01", 15),
        ],
    )
    def test_calendar_days_after_the_due_day_count(self, due_on: str, submitted_on: str, late: int) -> None:
        assert rules.days_late(day(due_on), day(submitted_on)) == late

    @given(DAYS, DAYS)
    def test_they_are_never_negative(self, due_on: date, submitted_on: date) -> None:
        late = rules.days_late(due_on, submitted_on)
        assert late >= 0
        assert (late == 0) == (submitted_on <= due_on)
