"""Tax declarations, and a report beside them (环境保护税法 art. 10, 15, 18-20)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from services.kit.findings import Findings
from services.permits.reports import rules_tax
from services.permits.reports.rules import ValueFact
from services.permits.reports.rules_totals import Total
from services.permits.reports.rules_units import in_tonnes
from services.permits.taxes import rules
from services.permits.taxes.rules import ARTICLE_AMOUNT, ARTICLE_QUARTER, Declared
from tests.permits.reports.facts import line, seen

FIVE = Decimal("0.05")


def told(amount: str, levied: int = 100, pollutant: str = "a21026") -> Declared:
    return Declared(pollutant, Decimal(amount), levied)


class TestQuartersArticle18:
    @pytest.mark.parametrize(
        ("start", "end", "quarters"),
        [
            (date(2025, 1, 1), date(2025, 3, 31), [(2025, 1)]),
            (date(2025, 7, 1), date(2025, 12, 31), [(2025, 3), (2025, 4)]),
            (date(2025, 1, 1), date(2025, 12, 31), [(2025, 1), (2025, 2), (2025, 3), (2025, 4)]),
            (date(2025, 1, 1), date(2025, 1, 31), []),
            (date(2025, 2, 1), date(2025, 6, 30), []),
            (date(2025, 1, 1), date(2025, 4, 30), []),
        ],
    )
    def test_a_period_is_made_of_whole_quarters_or_not_compared(
        self, start: date, end: date, quarters: list[tuple[int, int]]
    ) -> None:
        assert rules.quarters_of(start, end) == quarters

    @pytest.mark.parametrize(
        ("quarter", "declared_on", "codes"),
        [
            (1, date(2025, 4, 10), []),
            (1, date(2025, 3, 31), ["declared_too_early"]),
            (1, date(2025, 7, 2), ["declared_too_early"]),
            (2, date(2025, 7, 1), []),
            (3, date(2025, 7, 1), ["period_not_over", "declared_too_early"]),
            (None, date(2025, 7, 1), ["period_not_over", "declared_too_early"]),
        ],
    )
    def test_what_is_declared_is_over(self, quarter: int | None, declared_on: date, codes: list[str]) -> None:
        found = Findings()
        rules.check_period(found, year=2025, quarter=quarter, declared_on=declared_on, today=date(2025, 7, 1))
        assert [code for _, code, _ in seen(found)] == codes


class TestAddedUpArticle10:
    def test_quarters_are_added_and_the_least_reduced_rate_counts(self) -> None:
        both = {(2025, 1): [told("1.2", 50)], (2025, 2): [told("0.3", 75)]}
        assert rules.added_up(both, [(2025, 1), (2025, 2)]) == {"a21026": told("1.5", 75)}

    def test_a_missing_quarter_or_pollutant_leaves_nothing_to_compare(self) -> None:
        assert rules.added_up({(2025, 1): [told("1")]}, [(2025, 1), (2025, 2)]) == {}
        told_twice = {(2025, 1): [told("1")], (2025, 2): [told("1", pollutant="a21002")]}
        assert rules.added_up(told_twice, [(2025, 1), (2025, 2)]) == {}

    def test_a_declaration_for_the_year_serves_a_year_and_no_half(self) -> None:
        year = {(2025, None): [told("4")]}
        assert rules.added_up(year, rules.quarters_of(date(2025, 1, 1), date(2025, 12, 31))) == {
            "a21026": told("4")
        }
        assert rules.added_up(year, [(2025, 1), (2025, 2)]) == {}

    @pytest.mark.parametrize(("unit", "tonnes"), [("t", "2.5"), ("kg", "0.0025"), ("g", "0.0000025")])
    def test_amounts_are_compared_in_tonnes(self, unit: str, tonnes: str) -> None:
        assert in_tonnes(Decimal("2.5"), unit) == Decimal(tonnes)


class TestAmountsArticle20:
    def judged(self, declared: str, *amounts: str, totals: tuple[Total, ...] = ()) -> list[tuple[str, str]]:
        lines = [
            line(outlet=f"DA00{at}", amount_t=each, method="manual") for at, each in enumerate(amounts, 1)
        ]
        compared = rules_tax.compare({"a21026": told(declared)}, totals, lines, tolerance=FIVE)
        found = Findings()
        rules_tax.check_amounts(found, compared, tolerance=FIVE)
        assert {article for _, _, article in seen(found)} <= {ARTICLE_AMOUNT}
        return [(where, code) for where, code, _ in seen(found)]

    def test_outlets_are_added_up_and_five_per_cent_agree(self) -> None:
        assert self.judged("10", "6", "4") == []
        assert self.judged("10", "6", "3.5") == []
        assert self.judged("10", "6", "3.4") == [("/values/0/amount_t", "amount_differs_from_tax")]
        assert self.judged("9.4", "6", "4") == [("/values/0/amount_t", "amount_differs_from_tax")]

    def test_the_stated_total_of_the_plant_is_what_is_compared(self) -> None:
        total = (Total("plant", "a21026", Decimal(12)),)
        assert self.judged("12", "6", "4", totals=total) == []
        assert self.judged("10", "6", "4", totals=total) == [
            ("/totals/0/amount_t", "amount_differs_from_tax")
        ]

    def test_what_is_said_to_be_nothing_is_nothing_and_what_is_unknown_is_not_compared(self) -> None:
        for code, agrees in (("no_discharge", False), ("equipment_failure", None)):
            [compared] = rules_tax.compare(
                {"a21026": told("1")}, (), [line(no_data_code=code)], tolerance=FIVE
            )
            assert compared.agrees is agrees
        [other] = rules_tax.compare(
            {"a34013": told("1", pollutant="a34013")}, (), [line(amount_t="1")], tolerance=FIVE
        )
        assert (other.reported_t, other.agrees) == (None, None)


class TestMonthsArticle18:
    """The tax is declared by the quarter: the reports of its months are added up."""

    @pytest.mark.parametrize(
        ("start", "end", "months"),
        [
            (date(2025, 2, 1), date(2025, 2, 28), [1, 2, 3]),
            (date(2024, 2, 1), date(2024, 2, 29), [1, 2, 3]),
            (date(2025, 12, 1), date(2025, 12, 31), [10, 11, 12]),
            (date(2025, 4, 1), date(2025, 4, 30), [4, 5, 6]),
            (date(2025, 4, 1), date(2025, 6, 30), []),
            (date(2025, 4, 2), date(2025, 4, 30), []),
            (date(2025, 1, 1), date(2025, 1, 30), []),
        ],
    )
    def test_a_month_is_compared_with_the_others_of_its_quarter(
        self, start: date, end: date, months: list[int]
    ) -> None:
        assert rules_tax.months_of(start, end) == [date(start.year, month, 1) for month in months]
        first, last = rules_tax.declared_with(start, end)
        if months:
            assert rules.quarters_of(first, last) == [(start.year, months[2] // 3)]
        else:
            assert (first, last) == (start, end)

    def judged(self, declared: str, *amounts: str | None) -> list[tuple[str, str]]:
        def of(amount: str | None) -> list[ValueFact]:
            return [
                line(amount_t=amount, method="manual") if amount else line(no_data_code="equipment_failure")
            ]

        own, *others = amounts
        compared = rules_tax.compare(
            {"a21026": told(declared)},
            (),
            of(own),
            others=[rules_tax.Month((), of(each)) for each in others],
            tolerance=FIVE,
        )
        found = Findings()
        rules_tax.check_amounts(found, compared, tolerance=FIVE, of_months=True)
        assert all("三个月" in each.text.zh for each in found.errors)
        return [(where, code) for where, code, _ in seen(found)]

    def test_three_months_add_up_to_the_quarter(self) -> None:
        assert self.judged("10", "2", "3", "5") == []
        assert self.judged("10", "2", "3", "4.5") == []
        assert self.judged("10", "2", "3", "4.4") == [("/values/0/amount_t", "amount_differs_from_tax")]

    def test_a_month_whose_amount_is_unknown_leaves_nothing_to_compare(self) -> None:
        assert self.judged("10", "2", None, "1") == []
        assert self.judged("10", None, "2", "1") == []

    def test_the_stated_total_of_another_month_counts(self) -> None:
        other = rules_tax.Month(
            (Total("plant", "a21026", Decimal(8)),), [line(amount_t="3", method="manual")]
        )
        [found] = rules_tax.compare(
            {"a21026": told("10")},
            (),
            [line(amount_t="2", method="manual")],
            others=[other],
            tolerance=FIVE,
        )
        assert (found.reported_t, found.agrees) == (Decimal(10), True)

    def test_the_note_names_the_months_that_lack(self) -> None:
        found = Findings()
        rules_tax.check_months(found, [date(2025, 1, 1), date(2025, 3, 1)])
        assert seen(found) == [("/values", "tax_month_lacking", ARTICLE_QUARTER)]
        assert "2025-01、2025-03" in found.errors[0].text.zh
        assert "2025-01, 2025-03" in found.errors[0].text.en
