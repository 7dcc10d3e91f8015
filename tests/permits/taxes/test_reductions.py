"""Reduced environmental protection taxes, month by month (环境保护税法 art. 13, 实施条例 art. 10, 11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.kit.findings import Findings
from services.permits.monitoring.rules import BelowDetection, OfMonth, Sum
from services.permits.reports import rules_reductions
from services.permits.reports.rules import ValueFact
from services.permits.reports.rules_reductions import Reduction
from services.permits.taxes.rules import ARTICLE_REDUCED, Declared
from tests.permits.reports.facts import limit, line, seen

JANUARY, FEBRUARY, MARCH = (date(2025, month, 1) for month in (1, 2, 3))
QUARTER = (JANUARY, FEBRUARY, MARCH)
POLLUTANT = "a21026"


def records(
    month: date,
    *values: str,
    outlet: str = "DA001",
    means: str = "manual",
    averaging: str = "hour",
    unit: str = "mg/m3",
    below: Sequence[str] = (),
) -> OfMonth:
    """A month's records, with the detection limits of those that are `below` them."""
    detected, limits = [Decimal(each) for each in values], [Decimal(each) for each in below]
    total = Sum(
        *(outlet, POLLUTANT, means, unit, len(detected) + len(limits), len(limits)),
        *(max(detected or limits), sum(detected, Decimal(0)), sum(limits, Decimal(0))),
    )
    return OfMonth(month, averaging, total)


def reported(*means: str | None) -> list[ValueFact]:
    """The lines of DA001, DA002, …; each with the mean of the quarter."""
    return [
        line(outlet=f"DA00{at}", concentration_average=each, amount_t="1", method="manual")
        for at, each in enumerate(means, 1)
    ]


def judge(values: list[ValueFact], *kept: OfMonth, levied: int = 75) -> list[Reduction]:
    return rules_reductions.judge(
        {POLLUTANT: Declared(POLLUTANT, Decimal(1), levied)},
        [limit(outlet=each.outlet_code, value="300") for each in values],
        values,
        kept,
        months=QUARTER,
        below=BelowDetection(),
    )


def said(values: list[ValueFact], *kept: OfMonth, levied: int = 75) -> Findings:
    found = Findings()
    rules_reductions.check_reductions(found, judge(values, *kept, levied=levied), values)
    assert {article for _, _, article in seen(found)} <= {ARTICLE_REDUCED}
    return found


class TestReportedMeansArticle13:
    """Without records the mean of the quarter stands for each of its months."""

    @pytest.mark.parametrize(("levied", "mean"), [(75, "210"), (50, "150"), (100, "299")])
    def test_thirty_and_fifty_per_cent_below_the_limit_are_right(self, levied: int, mean: str) -> None:
        assert seen(said(reported(mean), levied=levied)) == []

    @pytest.mark.parametrize(("levied", "mean"), [(75, "210.1"), (50, "150.1"), (50, "299")])
    def test_a_mean_above_that_has_no_reduced_tax(self, levied: int, mean: str) -> None:
        found = said(reported(mean), levied=levied)
        assert seen(found) == [
            ("/values/0/concentration_average", "tax_reduction_unfounded", ARTICLE_REDUCED)
        ]
        assert "2025" not in found.errors[0].text.zh

    def test_one_outlet_that_is_below_is_enough(self) -> None:
        assert seen(said(reported("280", "200"))) == []

    def test_without_a_mean_nothing_is_judged(self) -> None:
        assert judge(reported(None)) == []

    def test_each_month_says_that_it_rests_on_the_report(self) -> None:
        assert [(each.month, each.source, each.records) for each in judge(reported("200"))] == [
            (month, "report", None) for month in QUARTER
        ]

    def test_each_month_is_held_against_the_laxest_limit_of_its_own_days(self) -> None:
        until, later = date(2025, 2, 10), date(2025, 2, 11)
        limits = [
            replace(limit(value="300"), valid_to=until),
            replace(limit(value="100"), valid_from=later),
        ]
        found = rules_reductions.judge(
            {POLLUTANT: Declared(POLLUTANT, Decimal(1), 75)},
            limits,
            reported("200"),
            (),
            months=QUARTER,
            below=BelowDetection(),
        )
        assert [(each.month, each.limit, each.founded) for each in found] == [
            (JANUARY, Decimal(300), True),
            (FEBRUARY, Decimal(300), True),
            (MARCH, Decimal(100), False),
        ]


class TestMonthsArticle18:
    @pytest.mark.parametrize(
        ("start", "end", "months"),
        [
            (JANUARY, date(2025, 3, 31), list(QUARTER)),
            (MARCH, date(2025, 3, 31), [MARCH]),
            (date(2024, 12, 1), date(2025, 1, 31), [date(2024, 12, 1), JANUARY]),
        ],
    )
    def test_a_period_is_judged_by_its_months(self, start: date, end: date, months: list[date]) -> None:
        assert rules_reductions.months_in(start, end) == months

    def test_a_month_above_is_named_though_the_mean_of_the_quarter_is_below(self) -> None:
        found = said(
            reported("190"), records(JANUARY, "100"), records(FEBRUARY, "240", "220"), records(MARCH, "110")
        )
        assert [code for _, code, _ in seen(found)] == ["tax_reduction_unfounded"]
        assert "2025-02各排放口" in found.errors[0].text.zh
        assert "in 2025-02, compared" in found.errors[0].text.en

    def test_a_month_below_is_right_though_the_mean_of_the_quarter_is_above(self) -> None:
        kept = [records(month, "200") for month in QUARTER]
        assert seen(said(reported("230"), *kept)) == []

    def test_a_month_without_records_goes_by_the_report(self) -> None:
        judged = judge(reported("230"), records(JANUARY, "200"), records(MARCH, "200"))
        assert [(each.source, each.mean, each.founded) for each in judged] == [
            ("manual", Decimal("200.000000"), True),
            ("report", Decimal(230), False),
            ("manual", Decimal("200.000000"), True),
        ]
        assert {(each.limit, each.most, each.unit) for each in judged} == {
            (Decimal(300), Decimal("210.00"), "mg/m3")
        }


class TestMeansArticle10:
    def first(self, *kept: OfMonth, outlet: str = "DA001") -> Reduction:
        values = [line(outlet=outlet, concentration_average="1", amount_t="1", method="manual")]
        return judge(values, *kept)[0]

    def test_a_value_above_the_limit_leaves_no_reduction_however_low_the_mean(self) -> None:
        one = self.first(records(JANUARY, "10", "301"))
        assert (one.mean, one.maximum, one.founded) == (Decimal("155.500000"), Decimal(301), False)
        assert self.first(records(JANUARY, "10", "300")).founded

    def test_automatic_hours_of_air_come_before_days_and_these_before_samples(self) -> None:
        hours = records(JANUARY, "100", means="automatic")
        days = records(JANUARY, "120", means="automatic", averaging="day")
        sample = records(JANUARY, "140")
        assert self.first(sample, days, hours).mean == 100
        assert self.first(sample, days).mean == 120
        assert self.first(sample).mean == 140

    def test_automatic_days_of_water_come_before_hours(self) -> None:
        hours = records(JANUARY, "100", means="automatic", outlet="DW001")
        days = records(JANUARY, "120", means="automatic", averaging="day", outlet="DW001")
        assert self.first(hours, days, outlet="DW001").mean == 120

    def test_automatic_values_of_a_moment_are_no_mean(self) -> None:
        moment = records(JANUARY, "100", means="automatic", averaging="instant")
        assert self.first(moment).source == "report"

    def test_every_sample_of_the_month_counts_and_half_of_what_was_not_detected(self) -> None:
        one = self.first(records(JANUARY, "100", "110"), records(JANUARY, averaging="instant", below=["20"]))
        assert (one.records, one.mean, one.maximum) == (3, Decimal("73.333333"), Decimal(110))

    def test_records_in_another_unit_than_the_limit_are_not_its_mean(self) -> None:
        assert self.first(records(JANUARY, "1", unit="kg/h")).source == "report"


class TestOutletsArticle11:
    def test_one_outlet_that_is_below_in_the_month_is_enough(self) -> None:
        kept = [records(FEBRUARY, "250"), records(FEBRUARY, "200", outlet="DA002")]
        assert seen(said(reported("200", "200"), *kept)) == []
        kept[1] = records(FEBRUARY, "260", outlet="DA002")
        assert len(seen(said(reported("200", "200"), *kept))) == 1
