"""What an execution report must satisfy (排污许可管理条例 art. 22 and 37, HJ 944-2018), rule by rule."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from services.kit.findings import Findings
from services.permits.permits.rules import LimitFact
from services.permits.permits.rules_limits import AveragingRule
from services.permits.reports import rules
from services.permits.reports.rules import ValueFact
from tests.permits.reports.facts import CONTENT, TRUTH, Found, limit, line, seen

ART_22 = "排污许可管理条例 第二十二条"


def values(limits: list[LimitFact], lines: list[ValueFact]) -> Found:
    found = Findings()
    rules.check_values(found, limits, lines)
    return seen(found)


def figures(value: ValueFact, *, amount_limited: bool = False) -> Found:
    found = Findings()
    rules.check_figures(found, "/values/0", value, amount_limited=amount_limited)
    return seen(found)


class TestCheckValuesArticle22:
    def test_every_permitted_pollutant_reported_once_passes(self) -> None:
        assert values([limit(), limit("a21002")], [line(), line("a21002")]) == []

    def test_a_missing_pollutant_is_named_at_the_list(self) -> None:
        assert values([limit(), limit("a21002")], [line()]) == [("/values", "value_missing", ART_22)]

    def test_a_permit_without_limits_asks_for_no_line(self) -> None:
        assert values([], []) == []

    def test_an_outlet_that_the_permit_does_not_have_is_refused(self) -> None:
        found = values([limit()], [line(), line(outlet="DA009")])
        assert found == [("/values/1/outlet_code", "outlet_not_permitted", ART_22)]

    def test_a_pollutant_that_the_outlet_has_no_limit_for_is_refused(self) -> None:
        found = values([limit()], [line(), line("a34013")])
        assert found == [("/values/1/pollutant_code", "pollutant_not_permitted", ART_22)]

    def test_a_repeated_line_is_refused_where_it_is_repeated(self) -> None:
        assert values([limit()], [line(), line()]) == [("/values/1", "value_repeated", CONTENT)]

    def test_the_same_pollutant_at_two_outlets_is_no_repetition(self) -> None:
        assert values([limit(), limit(outlet="DA002")], [line(), line(outlet="DA002")]) == []


class TestCheckFiguresHj944:
    def test_figures_with_a_method_pass(self) -> None:
        given = line(concentration_max="2", concentration_average="1", amount_t="3", method="manual")
        assert figures(given, amount_limited=True) == []

    def test_a_no_data_code_alone_passes(self) -> None:
        assert figures(line(no_data_code="stopped_production"), amount_limited=True) == []

    @pytest.mark.parametrize("figure", ["concentration_max", "concentration_average", "amount_t"])
    def test_a_no_data_code_excludes_every_figure(self, figure: str) -> None:
        found = figures(line(no_data_code="no_discharge", **{figure: "0"}))
        assert found == [(f"/values/0/{figure}", "value_beside_no_data_code", CONTENT)]

    def test_a_blank_is_not_a_zero(self) -> None:
        assert figures(line(method="manual")) == [("/values/0/amount_t", "value_blank", CONTENT)]
        assert figures(line(amount_t="0", method="manual")) == []

    @pytest.mark.parametrize("qualifier", ["<", ">", "estimated", "too_numerous"])
    def test_a_qualifier_without_its_figure_is_not_kept_as_a_blank(self, qualifier: str) -> None:
        given = line(concentration_average="1")._replace(concentration_max_qualifier=qualifier)
        assert figures(given) == [("/values/0/concentration_max", "figure_missing", CONTENT)]
        assert figures(given._replace(concentration_max=Decimal(3))) == []
        assert figures(given._replace(concentration_max_qualifier="=")) == []

    def test_the_amount_is_stated_wherever_the_year_is_limited(self) -> None:
        given = line(concentration_max="1")
        assert figures(given, amount_limited=True) == [("/values/0/amount_t", "value_blank", CONTENT)]
        assert figures(given, amount_limited=False) == []

    def test_an_amount_says_how_it_was_found(self) -> None:
        assert figures(line(amount_t="1")) == [("/values/0/method", "method_missing", CONTENT)]

    @pytest.mark.parametrize("figure", ["concentration_max", "concentration_average", "amount_t"])
    def test_a_negative_figure_is_refused(self, figure: str) -> None:
        found = figures(line(method="manual", **{figure: "-0.01"}))
        assert found == [(f"/values/0/{figure}", "negative_value", TRUTH)]


class TestExceedances:
    def over(self, limits: list[LimitFact], *lines: ValueFact) -> list[tuple[str, str]]:
        return [(each.kind, str(each.multiple)) for each in rules.exceedances(limits, lines)]

    @pytest.mark.parametrize("kind", ["hourly_concentration", "daily_concentration"])
    def test_a_value_equal_to_its_limit_complies(self, kind: str) -> None:
        given = line(concentration_max="300.000", concentration_average="300.0")
        assert self.over([limit(kind=kind)], given) == []

    def test_the_maximum_is_judged_by_the_hour_and_the_average_by_the_day(self) -> None:
        limits = [limit(value="300"), limit(kind="daily_concentration", value="200")]
        assert self.over(limits, line(concentration_max="450", concentration_average="200")) == [
            ("hourly_concentration", "0.50")
        ]
        assert self.over(limits, line(concentration_max="300", concentration_average="250")) == [
            ("daily_concentration", "0.25")
        ]

    def test_a_yearly_amount_is_judged_over_the_year_not_here(self) -> None:
        assert self.over([limit(kind="annual_amount", value="1")], line(amount_t="2", method="manual")) == []

    @pytest.mark.parametrize(
        ("value", "multiple"),
        [("201", "0.01"), ("200.99", "0.00"), ("203", "0.02"), ("205", "0.03"), ("600", "2.00")],
    )
    def test_the_multiple_is_rounded_half_up_to_two_places(self, value: str, multiple: str) -> None:
        assert self.over([limit(value="200")], line(concentration_max=value)) == [
            ("hourly_concentration", multiple)
        ]

    def test_no_figure_is_too_large_for_the_arithmetic(self) -> None:
        tiny = limit(value="0.000000000001")
        (found,) = rules.exceedances([tiny], [line(concentration_max="9" * 18)])
        assert found.multiple == int("9" * 18) * 10**12 - 1

    def test_a_line_without_figures_exceeds_nothing(self) -> None:
        assert self.over([limit()], line(no_data_code="no_discharge")) == []
        assert self.over([limit()], line("a21002", concentration_max="999")) == []


class TestTypedLimitsArticle13:
    def over(self, fact: LimitFact, given: ValueFact) -> list[tuple[str, str, str]]:
        return [
            (str(each.limit), str(each.value), str(each.multiple))
            for each in rules.exceedances([fact], [given])
        ]

    def test_a_stricter_promise_binds(self) -> None:
        promised = replace(limit(value="300"), promised_value=Decimal(200))
        assert self.over(promised, line(concentration_max="250")) == [("200", "250", "0.25")]
        assert self.over(promised, line(concentration_max="200")) == []

    def test_a_grade_is_compared_as_its_number(self) -> None:
        grade = limit("a01", kind="grade", value="1", unit="grade")
        assert self.over(grade, line("a01", concentration_max="2")) == [("1", "2", "1.00")]
        assert self.over(grade, line("a01", concentration_max="1")) == []

    @pytest.mark.parametrize(
        ("top", "average", "found"),
        [
            ("9", "6", []),
            ("9.1", "7", [("9", "9.1", "0.01")]),
            ("8", "5.7", [("6", "5.7", "0.05")]),
            ("9.5", "5", [("9", "9.5", "0.06")]),  # once for a limit
        ],
    )
    def test_ph_has_two_bounds(self, top: str, average: str, found: list[tuple[str, str, str]]) -> None:
        upper = limit("w01001", kind="instant_value", value="9", outlet="DW001", unit="dimensionless")
        ph = replace(upper, lower_value=Decimal(6))
        given = line("w01001", outlet="DW001", concentration_max=top, concentration_average=average)
        assert self.over(ph, given) == found
        assert bool(rules.kept([ph], [given])) is not bool(found)

    def test_a_concentration_over_days_is_held_against_the_mean(self) -> None:
        monthly = replace(limit(kind="concentration", value="50"), averaging=AveragingRule("month", "mean"))
        assert self.over(monthly, line(concentration_max="80", concentration_average="40")) == []
        assert self.over(monthly, line(concentration_max="80", concentration_average="60")) == [
            ("50", "60", "0.20")
        ]

    def test_article_34_a_rate_is_held_against_the_limit_in_kg_h(self) -> None:
        rate = limit(kind="emission_rate", value="1", unit="kg/h")
        assert self.over(rate, line(concentration_max="80")) == []
        assert rules.kept([rate], [line(concentration_max="80")]) == set()
        assert self.over(rate, line(rate_max="1")) == []
        assert rules.kept([rate], [line(rate_max="1")]) == {("DA001", "a21026", "emission_rate")}
        assert self.over(rate, line(rate_max="1.5")) == [("1", "1.5", "0.50")]

    def test_article_19_where_no_rate_is_stated_the_records_say_it(self) -> None:
        rate, recorded = (
            limit(kind="emission_rate", value="1", unit="kg/h"),
            {("DA001", "a21026"): Decimal(2)},
        )
        silent, said = line(concentration_max="80"), line(rate_max="0.9")
        assert [each.value for each in rules.exceedances([rate], rules.rates_shown([silent], recorded))] == [
            2
        ]
        assert rules.exceedances([rate], rules.rates_shown([said], recorded)) == []


class TestCheckExplainedHj944:
    def explained(self, over: int, explanation: str | None) -> Found:
        found = Findings()
        rules.check_explained(found, over, explanation)
        return seen(found)

    def test_an_exceedance_needs_an_explanation(self) -> None:
        assert self.explained(1, None) == [("/exceedance_explanation", "exceedance_unexplained", CONTENT)]
        assert self.explained(1, "检修") == []

    def test_without_an_exceedance_none_is_asked_for(self) -> None:
        assert self.explained(0, None) == []


class TestCheckDaysHj944:
    @pytest.mark.parametrize(("days", "refused"), [(0, False), (92, False), (93, True)])
    def test_days_of_production_lie_within_the_period(self, days: int, refused: bool) -> None:
        found = Findings()
        rules.check_days(found, production_days=days, period_days=92)
        assert seen(found) == [("/production_days", "too_many_days", CONTENT)] * refused
