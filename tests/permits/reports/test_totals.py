"""Totals of the plant in a report (排污许可管理条例 art. 13(5), 22, 34(1))."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from services.kit.findings import Findings
from services.permits.permits.rules import LimitFact
from services.permits.reports import rules_totals as totals
from services.permits.reports.rules import ValueFact
from services.permits.reports.rules_plausibility import Plausibility
from services.permits.reports.rules_totals import Total
from tests.permits.reports.facts import TRUTH, limit, line, seen

MAIN = {"DA001"}


def of(scope: str = "plant", value: str = "10") -> LimitFact:
    return replace(limit(kind="annual_amount", value=value, outlet=""), scope=scope)


def tonnes(*amounts: str) -> list[ValueFact]:
    """One line an outlet, DA001 the main one."""
    return [line(outlet=f"DA00{at}", amount_t=each, method="manual") for at, each in enumerate(amounts, 1)]


def stated(amount: str, scope: str = "plant") -> list[Total]:
    return [Total(scope, "a21026", Decimal(amount))]


def judged(
    fact: LimitFact, given: list[Total], lines: list[ValueFact]
) -> tuple[list[tuple[str, str, str]], set[tuple[str, str, str]], list[str]]:
    found = Findings()
    result = totals.yearly(found, [fact], given, lines, MAIN)
    over = [(each.scope, str(each.value), str(each.multiple)) for each in result.over]
    return over, result.kept, [error.code for error in found.errors]


class TestYearlyArticle34:
    def test_the_stated_total_is_judged_and_equal_complies(self) -> None:
        assert judged(of(), stated("10"), []) == ([], {("plant", "a21026", "annual_amount")}, [])
        assert judged(of(), stated("12.5"), []) == ([("plant", "12.5", "0.25")], set(), [])

    def test_outlets_that_add_up_to_more_are_over_without_a_stated_total(self) -> None:
        assert judged(of(), [], tonnes("6", "5"))[0] == [("plant", "11", "0.10")]

    def test_outlets_alone_never_show_that_the_plant_kept_its_total(self) -> None:
        assert judged(of(), [], tonnes("6", "4")) == ([], set(), ["total_not_stated"])

    def test_a_group_of_outlets_is_the_sum_of_its_lines(self) -> None:
        lines = tonnes("6", "50")
        assert judged(of("main_outlets"), [], lines) == (
            [],
            {("main_outlets", "a21026", "annual_amount")},
            [],
        )
        assert judged(of("general_outlets"), [], lines)[0] == [("general_outlets", "50", "4.00")]

    def test_a_group_with_a_line_that_has_no_amount_is_not_shown(self) -> None:
        silent = line(concentration_max="5")
        assert judged(of("main_outlets"), [], [silent])[2] == ["total_not_stated"]
        nothing = line(no_data_code="stopped_production")
        assert judged(of("main_outlets"), [], [nothing])[2] == ["total_not_stated"]
        assert judged(of("main_outlets"), [], [*tonnes("1"), nothing])[1]

    def test_what_escapes_is_of_no_outlet(self) -> None:
        assert judged(of("fugitive"), [], tonnes("60")) == ([], set(), ["total_not_stated"])
        assert judged(of("fugitive"), stated("11", "fugitive"), [])[0] == [("fugitive", "11", "0.10")]

    def test_a_promise_binds(self) -> None:
        assert judged(replace(of(), promised_value=Decimal(8)), stated("9"), [])[0] == [
            ("plant", "9", "0.13")
        ]


class TestArticle22:
    def test_each_total_once_of_a_pollutant_of_the_permit_and_not_negative(self) -> None:
        found = Findings()
        given = [*stated("1"), *stated("-1"), Total("plant", "w01018", Decimal(1))]
        totals.check_totals(found, given, {"a21026"})
        assert [(each.pointer, each.code) for each in found.errors] == [
            ("/totals/1", "total_repeated"),
            ("/totals/1/amount_t", "negative_value"),
            ("/totals/2/pollutant_code", "pollutant_not_permitted"),
        ]

    @pytest.mark.parametrize(("amount", "codes"), [("10", []), ("9.95", []), ("9.8", ["total_below_sum"])])
    def test_article_37_a_total_is_no_less_than_its_outlets(self, amount: str, codes: list[str]) -> None:
        found = Findings()
        totals.check_sums(found, stated(amount), tonnes("6", "4"), MAIN, Plausibility())
        assert [error.code for error in found.errors] == codes

    def test_article_37_more_than_ten_times_the_permitted_total_is_no_discharge(self) -> None:
        found = Findings()
        lines = tonnes("101", "1")
        totals.check_magnitude(found, [of()], stated("102"), lines, MAIN, Plausibility())
        assert seen(found) == [
            ("/values/0/amount_t", "amount_implausible", TRUTH),
            ("/totals/0/amount_t", "amount_implausible", TRUTH),
        ]


class TestWords:
    @pytest.mark.parametrize("scope", ["plant", "main_outlets", "general_outlets", "fugitive"])
    def test_a_total_is_named_in_the_language_of_the_text(self, scope: str) -> None:
        found = Findings()
        totals.check_totals(
            found, [*stated("1", scope), *stated("1", scope)], {stated("1")[0].pollutant_code}
        )
        totals.yearly(found, [of(scope)], [], [], ())
        assert [error.code for error in found.errors] == ["total_repeated", "total_not_stated"]
        assert all(error.text.en.isascii() and not error.text.zh.isascii() for error in found.errors)
