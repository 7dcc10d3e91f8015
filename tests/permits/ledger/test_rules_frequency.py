"""How often the ledger is written, and its gaps (排污许可管理条例 art. 21, HJ 944-2018 section 4)."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.permits.ledger.rules_frequency import (
    Asked,
    Gap,
    Held,
    Kept,
    check_kept,
    held,
    kept,
    runs,
    years_kept,
)
from tests.permits.obligations.permits_made import DAYS, day

DAILY = Asked("treatment", "TA001", 1, "day")
ARTICLE = "排污许可管理条例 第二十一条"


def asked(per: str, **changes: Any) -> Asked:
    return Asked(**{"category": "production", "facility_code": None, "count": 1, "per": per, **changes})


def in_april(wanted: Asked, **entries: int) -> Kept:
    """`d03=1`: one entry on 3 April of a kind that answers the requirement."""
    days = {day(f"2026-04-{name[1:]}"): count for name, count in entries.items()}
    counts = {({"treatment": "treatment"}.get(wanted.category, "production"), wanted.facility_code): days}
    lived = Held(wanted, day("2026-01-01"), day("2026-12-31"))
    [found] = kept([lived], counts, since=day("2026-04-01"), until=day("2026-04-30"))
    return found


class TestArticle21:
    def test_each_day_without_an_entry_is_a_gap_and_days_in_a_row_are_one(self) -> None:
        found = in_april(DAILY, **{f"d{number:02}": 1 for number in (1, 2, 3, 7, *range(9, 31))})
        assert (found.state, found.entries, found.windows, len(found.gaps)) == ("incomplete", 26, 30, 4)
        assert runs(found.gaps) == [
            Gap(day("2026-04-04"), day("2026-04-06"), 3, 0, 3),
            Gap(day("2026-04-08"), day("2026-04-08"), 1, 0),
        ]

    def test_a_ledger_kept_each_day_is_complete(self) -> None:
        found = in_april(DAILY, **{f"d{number:02}": 2 for number in range(1, 31)})
        assert (found.state, found.gaps) == ("complete", ())

    def test_an_abnormal_state_is_written_in_place_of_the_normal_one(self) -> None:
        lived = Held(DAILY, day("2026-01-01"), day("2026-12-31"))
        counts = {
            ("abnormal", "TA001"): {day("2026-04-01"): 1},
            ("abnormal", "TA002"): {day("2026-04-02"): 1},
        }
        [found] = kept([lived], counts, since=day("2026-04-01"), until=day("2026-04-02"))
        assert [gap.first for gap in found.gaps] == [day("2026-04-02")]

    @pytest.mark.parametrize(
        ("wanted", "windows", "missing"),
        [
            (asked("week"), 4, 4),  # those that end in April: the 5th, 12th, 19th and 26th
            (asked("month"), 1, 1),
            (asked("quarter"), 0, 0),  # it is not over
            (asked("shift", count=3), 30, 30),
            (asked("day", every=7), 5, 5),  # counted from 1 January: the 1st, 8th, … of April
        ],
    )
    def test_what_is_wanted_is_counted_by_the_window_of_its_frequency(
        self, wanted: Asked, windows: int, missing: int
    ) -> None:
        found = in_april(wanted)
        assert (found.windows, len(found.gaps)) == (windows, missing)

    def test_a_shift_wants_as_many_entries_as_the_permit_says_a_day(self) -> None:
        found = in_april(asked("shift", count=3), d01=2, d02=3)
        assert [gap.first.day for gap in found.gaps][:2] == [1, 3]
        assert found.gaps[0] == Gap(day("2026-04-01"), day("2026-04-01"), 3, 2)

    def test_a_batch_has_no_day_and_paper_is_not_here(self) -> None:
        assert in_april(asked("batch"), d01=1).state == "undated"
        found = in_april(asked("day", form="paper"))
        assert (found.state, found.gaps) == ("on_paper", ())

    def test_a_later_version_that_asks_for_the_same_goes_on_and_another_begins(self) -> None:
        weekly = asked("week")
        found = held(
            [
                (day("2026-01-01"), day("2026-04-15"), [DAILY]),
                (day("2026-04-16"), day("2026-12-31"), [DAILY, weekly]),
            ]
        )
        assert found == [
            Held(DAILY, day("2026-01-01"), day("2026-12-31")),
            Held(weekly, day("2026-04-16"), day("2026-12-31")),
        ]

    def test_a_window_of_which_less_than_half_is_held_asks_for_nothing(self) -> None:
        lived = Held(asked("month"), day("2026-04-20"), day("2026-12-31"))
        [found] = kept([lived], {}, since=day("2026-04-01"), until=day("2026-05-31"))
        assert [gap.first for gap in found.gaps] == [day("2026-05-01")]

    @given(st.data(), DAYS, st.integers(0, 400), st.sampled_from(["day", "week", "month", "shift"]))
    def test_gaps_lie_in_the_days_and_never_overlap(
        self, data: st.DataObject, since: date, length: int, per: str
    ) -> None:
        until = since + timedelta(days=length)
        written = data.draw(st.dictionaries(st.dates(since, until), st.integers(1, 3), max_size=40))
        lived = Held(asked(per), since - timedelta(days=50), until + timedelta(days=50))
        [found] = kept([lived], {("production", None): written}, since=since, until=until)
        merged = runs(found.gaps)
        assert sum(gap.windows for gap in merged) == len(found.gaps) <= found.windows
        assert all(gap.recorded < gap.wanted for gap in found.gaps)
        assert all(since <= gap.last <= until for gap in merged)
        assert all(one.last < other.first for one, other in itertools.pairwise(merged))
        assert found.entries == sum(written.values())


class TestReportArticle21:
    def said(self, *of_period: Kept, days: int = 30, stopped_from: str | None = None) -> list[str]:
        found = Findings()
        stopped = day(stopped_from) if stopped_from else None
        check_kept(found, of_period, production_days=days, stopped_from=stopped)
        assert {(each.code, each.article) for each in found.errors} <= {("ledger_incomplete", ARTICLE)}
        return [each.text.zh for each in found.errors]

    def test_a_report_rests_on_a_ledger_that_was_kept(self) -> None:
        found = in_april(DAILY, d01=1)
        assert self.said(found) == ["台账不全：污染防治设施运行TA001应1次/日，2026-04-02至2026-04-30缺29期"]
        assert self.said(in_april(asked("batch"))) == [
            "台账不全：生产30天，而生产设施运行（1次/批次）没有记录"
        ]
        assert self.said(in_april(asked("batch"), d02=1), in_april(asked("event"))) == []

    def test_nothing_is_written_while_nothing_is_produced(self) -> None:
        found = in_april(DAILY, d01=1)
        assert self.said(found, days=0) == []
        assert self.said(found, stopped_from="2026-04-02") == []
        assert self.said(found, stopped_from="2026-04-04") == [
            "台账不全：污染防治设施运行TA001应1次/日，2026-04-02至2026-04-03缺2期"
        ]


def test_article_21_kept_five_years_at_least_and_longer_where_the_permit_says_so() -> None:
    years = years_kept([("treatment", 10), ("production", 5)], 6)
    assert (years["treatment"], years["abnormal"], years["production"], years["basic"]) == (10, 10, 6, 6)
