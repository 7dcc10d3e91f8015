"""When a sample is to be taken (排污许可管理条例 art. 19, HJ 819-2017)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.obligations import rules_sampling
from services.permits.obligations.rules_notices import Schedule
from services.permits.obligations.rules_sampling import (
    HELD_SHARE,
    WORDS,
    Planned,
    Requirement,
    Sampling,
    planned,
    samplings,
    state_of,
    taken_in,
    window_of,
    windows,
)
from tests.permits.obligations.permits_made import DAYS, day

PER = sorted(set(WORDS) - {"hour"})


def row(per: str, first: str = "2026-01-01", last: str = "2026-12-31", **changes: int) -> Planned:
    return Planned(Requirement("DA001", "a21026", **{"count": 1, **changes}, per=per), day(first), day(last))


class TestFrequenciesHj819:
    @pytest.mark.parametrize(
        ("per", "first", "last"),
        [
            ("day", "2026-05-14", "2026-05-14"),
            ("week", "2026-05-11", "2026-05-17"),
            ("month", "2026-05-01", "2026-05-31"),
            ("quarter", "2026-04-01", "2026-06-30"),
            ("half_year", "2026-01-01", "2026-06-30"),
            ("year", "2026-01-01", "2026-12-31"),
        ],
    )
    def test_windows_are_those_of_the_calendar(self, per: str, first: str, last: str) -> None:
        assert window_of(per, day("2026-05-14")) == (day(first), day(last))

    @pytest.mark.parametrize(
        ("per", "count"),
        [("day", 365), ("week", 53), ("month", 12), ("quarter", 4), ("half_year", 2), ("year", 1)],
    )
    def test_a_year_of_each_frequency(self, per: str, count: int) -> None:
        assert len(samplings([row(per)], since=day("2026-01-01"), until=day("2026-12-31"))) == count

    @given(st.sampled_from(PER), DAYS, st.integers(0, 500))
    def test_every_day_is_in_exactly_one_window(self, per: str, first: date, length: int) -> None:
        last = first + timedelta(days=length)
        found = list(windows(per, first, last))
        assert found[0][0] <= first <= found[0][1]
        assert found[-1][0] <= last <= found[-1][1]
        assert all(a[1] + timedelta(days=1) == b[0] for a, b in pairwise(found))


class TestSamplingsArticle19:
    def test_each_says_by_which_frequency_of_which_plan(self) -> None:
        (only,) = samplings([row("half_year", count=2)], since=day("2026-05-01"), until=day("2026-05-02"))
        assert (only.wanted, only.basis) == (2, "排污许可管理条例 第十九条; HJ 819-2017: 2次/半年")

    def test_a_window_in_which_the_plan_held_for_less_than_half_asks_for_none_and_says_so(self) -> None:
        rows = [row("quarter", first="2026-02-20", last="2026-12-31")]
        first, second = samplings(rows, since=day("2026-01-01"), until=day("2026-06-30"))
        assert (first.wanted, first.reason) == (0, "监测方案在该周期内执行不足一半")
        assert (second.wanted, second.reason) == (1, None)

    def test_a_changed_frequency_holds_from_its_first_day(self) -> None:
        rows = [row("quarter", last="2026-06-30"), row("month", first="2026-07-01")]
        found = samplings(rows, since=day("2026-04-01"), until=day("2026-08-31"))
        assert [(each.first.isoformat(), each.last.isoformat()) for each in found] == [
            ("2026-04-01", "2026-06-30"),
            ("2026-07-01", "2026-07-31"),
            ("2026-08-01", "2026-08-31"),
        ]

    def test_what_is_due_by_the_hour_is_counted_by_the_day(self) -> None:
        rows = [row("hour"), row("hour", every=6)]
        found = samplings(rows, since=day("2026-05-01"), until=day("2026-05-01"))
        told = {each.basis.rpartition(" ")[2]: each.wanted for each in found}
        assert told == {"1次/时": 24, "1次/6时": 4}

    def test_once_in_several_years_is_counted_from_the_first_year_of_the_plan(self) -> None:
        rows = [row("year", first="2025-01-01", last="2029-12-31", every=2)]
        (found,) = samplings(rows, since=day("2028-06-01"), until=day("2028-06-30"))
        assert (found.first, found.last, found.wanted) == (day("2027-01-01"), day("2028-12-31"), 1)

    def test_what_the_next_version_asks_for_as_well_goes_on_unbroken(self) -> None:
        weekly, daily = (Requirement("DA001", "a21026", 1, per) for per in ("week", "day"))
        plans = [
            (day("2026-01-01"), day("2026-03-04"), [weekly]),
            (day("2026-03-05"), day("2026-06-30"), [daily, weekly]),
            (day("2026-08-01"), day("2026-12-31"), [weekly]),
        ]
        assert planned(plans) == [
            Planned(weekly, day("2026-01-01"), day("2026-06-30")),
            Planned(weekly, day("2026-08-01"), day("2026-12-31")),
            Planned(daily, day("2026-03-05"), day("2026-06-30")),
        ]

    @given(st.sampled_from(PER), st.integers(1, 4), DAYS, st.integers(0, 500), DAYS, st.integers(0, 500))
    def test_what_is_asked_for_touches_the_plan_and_the_days_that_were_asked_about(
        self, per: str, every: int, first: date, length: int, since: date, span: int
    ) -> None:
        until = since + timedelta(days=span)
        asked = Planned(Requirement("DA001", "a21026", 3, per, every), first, first + timedelta(days=length))
        found = samplings([asked], since=since, until=until)
        assert all(a.last + timedelta(days=1) == b.first for a, b in pairwise(found))
        for each in found:
            assert each.first <= min(asked.last, until)
            assert each.last >= max(asked.first, since)
            held = (min(each.last, asked.last) - max(each.first, asked.first)).days + 1
            assert (each.wanted == 3) == (held / ((each.last - each.first).days + 1) >= HELD_SHARE)


@pytest.mark.parametrize(
    ("taken", "today", "state"),
    [
        (0, "2025-12-31", "upcoming"),
        (0, "2026-01-01", "open"),
        (1, "2026-03-31", "open"),
        (1, "2026-04-01", "short"),
        (2, "2026-02-01", "met"),
        (3, "2026-04-01", "met"),
    ],
)
def test_a_window_is_met_by_as_many_samples_as_the_plan_asks_for(taken: int, today: str, state: str) -> None:
    (first, *_) = samplings([row("quarter", count=2)], since=day("2026-01-01"), until=day("2026-12-31"))
    assert state_of(first, taken=taken, today=day(today)) == state


def test_only_samples_of_the_window_the_place_and_the_pollutant_count() -> None:
    (first, *_) = samplings([row("quarter")], since=day("2026-01-01"), until=day("2026-12-31"))
    days = [(day("2025-12-31"), 1), (day("2026-01-01"), 2), (day("2026-03-31"), 4), (day("2026-04-01"), 8)]
    counts = {("DA001", "a21026"): days, ("DA001", "a21002"): [(day("2026-02-01"), 16)]}
    assert taken_in(first, counts) == 6
    assert taken_in(first, {}) == 0


@pytest.mark.parametrize(
    ("per", "today", "taken", "steps"),
    [
        ("quarter", "2026-06-22", 0, []),
        ("quarter", "2026-06-23", 0, ["ahead_7"]),
        ("quarter", "2026-06-29", 1, ["ahead_1"]),
        ("quarter", "2026-06-29", 2, []),
        ("quarter", "2026-07-07", 1, []),
        ("quarter", "2026-07-08", 1, ["late_enterprise"]),
        ("quarter", "2026-07-31", 1, ["late_enterprise", "late_reviewer", "late_inspector"]),
        ("week", "2026-06-27", 0, ["ahead_1"]),
        ("week", "2026-06-21", 0, []),
        ("day", "2026-06-30", 0, []),
        ("day", "2026-07-08", 0, ["late_enterprise"]),
    ],
)
def test_article_19_who_is_told_of_samples_that_are_missing(
    per: str, today: str, taken: int, steps: list[str]
) -> None:
    last = {"quarter": "2026-06-30", "week": "2026-06-28", "day": "2026-06-30"}[per]
    first = rules_sampling.window_of(per, day(last))[0]
    asked = Sampling("DA001", "a21026", first, day(last), 2, "")
    schedule = Schedule(ahead=(7, 1), enterprise=8, reviewer=15, inspector=31)
    told = rules_sampling.steps_on(asked, schedule, taken=taken, today=day(today))
    assert [step.name for step in told] == steps


def test_nobody_is_told_of_a_sample_that_is_waived() -> None:
    asked = Sampling("DA001", "a21026", day("2026-04-01"), day("2026-06-30"), 0, "", "reason")
    assert rules_sampling.steps_on(asked, Schedule(), taken=0, today=day("2026-08-30")) == []
