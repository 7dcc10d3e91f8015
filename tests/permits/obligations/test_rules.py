"""Which reports a permit owes, for which periods and by when (排污许可管理条例 art. 22, HJ 944-2018)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.permits.obligations import rules
from services.permits.obligations.rules import Duty, Key, Skips, Version
from tests.permits.obligations.permits_made import (
    ALL,
    DAYS,
    DUTIES,
    SPANS,
    day,
    duties_of,
    lives,
    owed,
    version,
)

_DAY = timedelta(days=1)


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


class TestSkipsHj944:
    @pytest.mark.parametrize(
        ("kind", "first", "last", "enough"),
        [
            ("monthly", "2025-03-22", "2025-03-31", True),  # ten days
            ("monthly", "2025-03-23", "2025-03-31", False),
            ("quarterly", "2025-03-01", "2025-03-31", True),  # a month
            ("quarterly", "2025-03-02", "2025-03-31", False),
            ("quarterly", "2025-02-10", "2025-03-09", True),
            ("quarterly", "2025-02-10", "2025-03-08", False),
            ("half_yearly", "2025-04-01", "2025-06-30", True),  # three months
            ("half_yearly", "2025-04-02", "2025-06-30", False),
            ("annual", "2025-10-01", "2025-12-31", True),
            ("annual", "2025-10-02", "2025-12-31", False),
        ],
    )
    def test_a_shorter_time_owes_no_report_of_its_own(
        self, kind: str, first: str, last: str, enough: bool
    ) -> None:
        assert Skips().enough(kind, day(first), day(last)) is enough
        (duty, *_) = [each for each in duties_of(version(first, last, ALL)) if each.kind == kind]
        assert (duty.standing == "owed") is enough

    def test_the_reason_says_how_short_and_that_the_next_report_holds_it(self) -> None:
        found = [duty for duty in duties_of(version("2024-10-02", "2026-12-31")) if duty.kind == "annual"]
        first, second, _ = found
        assert first.standing == "waived"
        assert first.reason == "HJ 944-2018: 该期持证不足3个月，不报送年度执行报告，纳入下一期"
        assert first.covered_by == second.key == ("annual", day("2025-01-01"))
        assert (second.standing, second.reason, second.covered_by) == ("owed", None, None)

    def test_the_last_one_of_a_permit_has_no_next(self) -> None:
        *_, last = (duty for duty in duties_of(version("2024-01-01", "2026-03-30")) if duty.kind == "annual")
        assert (last.standing, last.covered_by) == ("waived", None)
        assert "纳入" not in (last.reason or "")

    def test_only_the_days_on_which_the_permit_asks_for_it_count(self) -> None:
        first = version("2025-01-01", "2025-12-31", replace(DUTIES, quarterly=False))
        late_in_march = duties_of(first, version("2025-03-15", "2025-12-31", DUTIES, 2))
        standings = {duty.period_start: duty.standing for duty in late_in_march if duty.kind == "quarterly"}
        assert standings[day("2025-01-01")] == "waived"
        assert standings[day("2025-04-01")] == "owed"


class TestMergingHj944:
    def found(self, first: str = "2025-01-01", last: str = "2025-12-31") -> dict[Key, Duty]:
        return {duty.key: duty for duty in duties_of(version(first, last, replace(ALL, merge_upward=True)))}

    def test_the_months_that_end_a_quarter_are_part_of_it_and_the_fourth_quarter_of_the_year(self) -> None:
        merged = {key: duty.covered_by for key, duty in self.found().items() if duty.standing == "merged"}
        assert merged == {
            ("monthly", day("2025-03-01")): ("quarterly", day("2025-01-01")),
            ("monthly", day("2025-06-01")): ("quarterly", day("2025-04-01")),
            ("monthly", day("2025-09-01")): ("quarterly", day("2025-07-01")),
            ("monthly", day("2025-12-01")): ("quarterly", day("2025-10-01")),
            ("quarterly", day("2025-10-01")): ("annual", day("2025-01-01")),
        }

    def test_nothing_is_merged_into_a_report_that_is_not_made(self) -> None:
        found = self.found("2025-12-15", "2026-12-31")
        assert found["quarterly", day("2025-10-01")].standing == "waived"
        assert found["monthly", day("2025-12-01")].standing == "owed"

    def test_a_permit_that_does_not_say_so_merges_nothing(self) -> None:
        assert {duty.standing for duty in duties_of(version("2025-01-01", "2025-12-31", ALL))} == {"owed"}


class TestWhichVersionHoldsArticles14To16:
    def spans(self, *versions: Version, ended_on: date | None = None) -> list[tuple[str, str, int]]:
        return [
            (each.first.isoformat(), each.last.isoformat(), each.version.number)
            for each in rules.holdings(versions, ended_on=ended_on)
        ]

    def test_a_later_version_takes_over_on_its_first_day(self) -> None:
        assert self.spans(
            version("2025-01-01", "2029-12-31"), version("2026-05-10", "2029-12-31", number=2)
        ) == [
            ("2025-01-01", "2026-05-09", 1),
            ("2026-05-10", "2029-12-31", 2),
        ]

    def test_a_permit_that_ended_early_holds_to_its_last_day(self) -> None:
        assert self.spans(version("2025-01-01", "2029-12-31"), ended_on=day("2026-02-01")) == [
            ("2025-01-01", "2026-02-01", 1)
        ]
        assert self.spans(version("2025-01-01", "2029-12-31"), ended_on=day("2024-12-31")) == []

    @given(lives())
    def test_every_day_has_the_newest_of_the_versions_whose_day_it_is(self, life: list[Version]) -> None:
        found = rules.holdings(life)
        assert all(earlier.last < later.first for earlier, later in pairwise(found))
        for holding in found:
            for each in (holding.first, holding.last):
                those = [v for v in life if v.valid_from <= each <= v.valid_to]
                assert holding.version == max(those, key=lambda v: v.number)
        days = sum((each.last - each.first).days + 1 for each in found)
        covered = {v.valid_from + _DAY * n for v in life for n in range((v.valid_to - v.valid_from).days + 1)}
        assert days == len(covered)


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

    def test_a_permit_may_ask_for_monthly_and_half_yearly_ones_due_as_it_says(self) -> None:
        duties = replace(ALL, half_yearly_due_day=31, monthly_due_day=10)
        months = owed("2025-01-01", "2025-12-31", "monthly", duties)
        halves = owed("2025-01-01", "2025-12-31", "half_yearly", duties)
        assert len(months) == 12
        assert [duty.due_on.isoformat() for duty in halves] == ["2025-07-31", "2026-01-31"]
        assert (months[1].due_on, months[1].due_basis) == (
            day("2025-03-10"),
            "排污许可证载明: 期满次月10日前",
        )

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


class TestDutiesArticle22:
    @given(lives())
    def test_every_day_is_in_exactly_one_report_of_each_kind_or_in_the_one_that_covers_it(
        self, life: list[Version]
    ) -> None:
        held, found = rules.holdings(life), duties_of(*life)
        known = {duty.key: duty for duty in found}
        assert len(known) == len(found)
        for holding in held:
            for kind in rules.KINDS:
                if not holding.version.duties.asks_for(kind):
                    continue
                for each in (holding.first, holding.last):
                    (duty,) = [d for d in found if d.kind == kind and d.period_start <= each <= d.period_end]
                    assert ends_well(duty, known, life_ends=held[-1].last)

    @given(lives())
    def test_what_is_waived_or_merged_says_why_and_what_is_owed_needs_no_reason(
        self, life: list[Version]
    ) -> None:
        for duty in duties_of(*life):
            assert (duty.standing == "owed") == (duty.reason is None)
            assert duty.standing != "owed" or duty.covered_by is None
            assert duty.standing != "merged" or duty.covered_by is not None

    @given(lives())
    def test_each_report_is_due_after_its_period_and_they_come_in_order(self, life: list[Version]) -> None:
        found = duties_of(*life)
        for duty in found:
            assert duty.period_start < duty.period_end < duty.due_on
        assert [duty.period_end for duty in found] == sorted(duty.period_end for duty in found)

    @given(SPANS)
    def test_every_full_period_is_owed(self, span: tuple[date, date]) -> None:
        first, last = span
        counts = Counter(
            duty.kind
            for duty in duties_of(version(first, last, ALL))
            if first <= duty.period_start and duty.period_end <= last and duty.standing == "owed"
        )
        for kind in rules.KINDS:
            full = [each for each in rules.periods(kind, first, last) if first <= each[0] and each[1] <= last]
            assert counts[kind] == len(full)


def ends_well(duty: Duty, known: dict[Key, Duty], *, life_ends: date) -> bool:
    """Whether somebody reports what this one would have said, or the permit ended too early for it."""
    seen = {duty.key}
    while duty.covered_by is not None:
        duty = known[duty.covered_by]
        assert duty.key not in seen
        seen.add(duty.key)
    following = (duty.kind, duty.period_end + _DAY)
    return duty.standing == "owed" or (duty.standing == "waived" and following not in known)


class TestStopOfProductionArticle22:
    @pytest.mark.parametrize(
        ("today", "stopped_from", "may"),
        [
            ("2026-04-01", None, True),
            ("2026-03-31", None, False),
            ("2026-02-10", "2026-02-01", True),
            ("2026-02-10", "2026-02-10", True),
            ("2026-02-10", "2026-02-11", False),  # not yet
            ("2026-02-10", "2025-11-15", True),  # since before the period
            ("2026-03-31", "2026-04-01", False),  # after it
        ],
    )
    def test_it_may_be_reported_before_the_period_ends_and_never_before_the_stop(
        self, today: str, stopped_from: str | None, may: bool
    ) -> None:
        stop = day(stopped_from) if stopped_from else None
        assert rules.may_be_reported(period_end=day("2026-03-31"), today=day(today), stopped_from=stop) is may

    @pytest.mark.parametrize(
        ("stopped_from", "days", "codes"),
        [
            (None, 90, []),
            ("2026-01-01", 0, []),
            ("2026-01-11", 10, []),
            ("2026-01-11", 11, ["produced_while_stopped"]),
            ("2025-12-01", 1, ["produced_while_stopped"]),
            ("2026-04-01", 90, ["stopped_after_period"]),
        ],
    )
    def test_nothing_is_produced_while_production_is_stopped(
        self, stopped_from: str | None, days: int, codes: list[str]
    ) -> None:
        found = Findings()
        rules.check_stopped(
            found,
            stopped_from=day(stopped_from) if stopped_from else None,
            production_days=days,
            period_start=day("2026-01-01"),
            period_end=day("2026-03-31"),
        )
        assert [error.code for error in found.errors] == codes


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
