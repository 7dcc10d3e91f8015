"""Figures that are not believed (排污许可管理条例 art. 22 and 37), rule by rule."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from services.kit.findings import Findings
from services.permits.amounts import rules as amounts
from services.permits.reports import configuration
from services.permits.reports import rules_plausibility as plausible
from services.permits.reports.rules import ValueFact
from services.permits.reports.rules_plausibility import Judged, Plausibility
from tests.permits.reports.facts import TRUTH, Found, limit, line, seen

WATER_1000_M3_A_DAY_AT_50_MG_L = amounts.Inputs(
    medium="water", manual=[amounts.Point(Decimal(50), Decimal(1000), Decimal(365))]
)


class TestAmountsArticle37:
    def judged(self, amount: str, yearly: str, factor: str = "10") -> Found:
        found = Findings()
        limits = [limit(kind="annual_amount", value=yearly)]
        given = Plausibility(amount_factor=Decimal(factor))
        plausible.check_amounts(found, limits, [line(amount_t=amount, method="manual")], given)
        return seen(found)

    def test_ten_times_the_yearly_amount_passes_and_a_trifle_more_does_not(self) -> None:
        assert self.judged("125", "12.5") == []
        assert self.judged("125.000000000001", "12.5") == [
            ("/values/0/amount_t", "amount_implausible", TRUTH)
        ]

    def test_the_platform_s_11_billion_tonnes_of_so2_against_0_36(self) -> None:
        assert self.judged("11190000000", "0.36") != []

    def test_it_is_exact_with_as_many_digits_as_the_wire_takes(self) -> None:
        yearly = "99999999999999999.999999999999"
        assert self.judged("999999999999999999.99999999999", yearly) == []
        assert self.judged("999999999999999999.999999999999", yearly) != []

    def test_the_factor_can_be_set(self) -> None:
        assert self.judged("20", "12.5", factor="1") != []

    def test_without_a_yearly_limit_no_amount_is_implausible(self) -> None:
        found = Findings()
        lines = [line(amount_t="11190000000", method="manual")]
        plausible.check_amounts(found, [limit()], lines, Plausibility())
        assert found.errors == []


class TestAverage:
    def judged(self, top: str, average: str) -> Found:
        found = Findings()
        plausible.check_average(found, [line(concentration_max=top, concentration_average=average)])
        return seen(found)

    def test_an_average_above_the_maximum_is_named_and_one_equal_to_it_is_not(self) -> None:
        assert self.judged("1.0", "1.01") == [
            ("/values/0/concentration_average", "average_above_maximum", TRUTH)
        ]
        assert self.judged("1.0", "1.00") == []


class TestConcentrations:
    @pytest.mark.parametrize(("figure", "named"), [("300000", False), ("300000.1", True)])
    def test_a_thousand_times_the_limit_is_a_unit_error(self, figure: str, named: bool) -> None:
        found = Findings()
        plausible.check_concentrations(found, [limit()], [line(concentration_max=figure)], Plausibility())
        assert [error.code for error in found.errors] == ["concentration_implausible"] * named


class TestJumps:
    def judged(self, now: ValueFact, before: ValueFact) -> Found:
        found = Findings()
        plausible.check_jumps(found, [now], {before.key: before}, Plausibility())
        return seen(found)

    @pytest.mark.parametrize("figure", ["50000", "0.05", "49999999"])
    def test_ten_to_the_three_up_or_down_is_a_unit_error_until_explained(self, figure: str) -> None:
        now, before = line(concentration_max=figure), line(concentration_max="50")
        assert self.judged(now, before) == [("/values/0/concentration_max", "figure_jumped", TRUTH)]

    @pytest.mark.parametrize("figure", ["49999", "0.06", "50", "0", "-50000"])
    def test_anything_less_and_what_has_no_ratio_is_not(self, figure: str) -> None:
        assert self.judged(line(concentration_max=figure), line(concentration_max="50")) == []
        assert self.judged(line(concentration_max=figure), line(concentration_max="0")) == []
        assert self.judged(line(concentration_max=figure), line()) == []

    def test_amounts_too(self) -> None:
        now, before = line(amount_t="3000", method="manual"), line(amount_t="3", method="manual")
        assert [code for _, code, _ in self.judged(now, before)] == ["figure_jumped"]


class TestLastYear:
    @pytest.mark.parametrize(
        ("amount", "named"), [("2", False), ("0.5", False), ("2.01", True), ("0.49", True)]
    )
    def test_more_than_twice_or_less_than_half_is_noted(self, amount: str, named: bool) -> None:
        found, before = Findings(), line(amount_t="1", method="manual")
        now = line(amount_t=amount, method="manual")
        plausible.check_last_year(found, [now], {before.key: before}, Plausibility())
        assert [error.code for error in found.errors] == ["differs_from_last_year"] * named


class TestFlow:
    def judged(self, outlet: str, average: str, volume: str, amount: str) -> Found:
        found = Findings()
        given = line(
            outlet=outlet, concentration_average=average, volume_m3=volume, amount_t=amount, method="manual"
        )
        plausible.check_flow(found, [given], Plausibility())
        return seen(found)

    def test_water_1000_m3_a_day_at_50_mg_l_for_a_year_is_18_25_t(self) -> None:
        assert self.judged("DW001", "50", "365000", "18.25") == []

    def test_gas_100_000_m3_an_hour_for_8000_hours_at_50_mg_m3_is_40_t(self) -> None:
        assert self.judged("DA001", "50", "800000000", "40") == []

    @pytest.mark.parametrize("amount", ["40000", "0.04", "50.1", "31.9"])
    def test_an_amount_more_than_a_fifth_away_is_named(self, amount: str) -> None:
        assert self.judged("DA001", "50", "800000000", amount) == [
            ("/values/0/amount_t", "amount_differs_from_flow", TRUTH)
        ]

    def test_without_a_volume_nothing_is_said(self) -> None:
        found = Findings()
        given = line(concentration_average="50", amount_t="1", method="manual")
        plausible.check_flow(found, [given], Plausibility())
        assert found.errors == []


class TestDetermined:
    @pytest.mark.parametrize(
        ("qualifier", "figure", "named"),
        [
            ("<", "500", True),
            ("<", "300", False),
            (">", "200", True),
            (">", "300", False),  # over: certain
            (">=", "300", True),
            ("too_numerous", "200", True),
            ("=", "299", False),
            ("estimated", "299", False),
        ],
    )
    def test_what_does_not_tell_whether_the_limit_was_kept(
        self, qualifier: str, figure: str, named: bool
    ) -> None:
        found = Findings()
        given = line(concentration_max=figure, concentration_max_qualifier=qualifier)
        plausible.check_determined(found, [limit()], [given])
        assert [error.code for error in found.errors] == ["compliance_undetermined"] * named


class TestMonitoredArticle19:
    def judged(self, given: ValueFact, maximum: str = "120", unit: str = "mg/m3") -> list[str]:
        found = Findings()
        record = {given.key: {unit: Decimal(maximum)}}
        plausible.check_monitored(found, [given], record, {given.key: "mg/m3"})
        return [error.code for error in found.errors]

    def test_less_than_the_enterprise_s_own_records_show(self) -> None:
        assert self.judged(line(concentration_max="119.9")) == ["below_monitored"]
        assert self.judged(line(concentration_max="120.0")) == []
        assert self.judged(line(concentration_max="100", concentration_max_qualifier=">")) == []

    def test_nothing_where_the_records_have_figures(self) -> None:
        assert self.judged(line(no_data_code="not_required")) == ["monitored_anyway"]

    def test_figures_of_another_unit_and_lines_without_records_are_not_compared(self) -> None:
        assert self.judged(line(concentration_max="1"), unit="mg/L") == []
        found = Findings()
        plausible.check_monitored(found, [line(concentration_max="1")], {}, {})
        assert found.errors == []

    def test_a_rate_is_compared_with_records_of_rates_alone(self) -> None:
        assert self.judged(line(rate_max="1.9"), maximum="2", unit="kg/h") == ["below_monitored"]
        assert self.judged(line(rate_max="1.9"), maximum="2") == []


class TestRatesArticle22:
    def test_a_limited_rate_that_nothing_shows_is_noted(self) -> None:
        rate, found = limit(kind="emission_rate", value="1", unit="kg/h"), Findings()
        lines = [line(concentration_max="8"), line("a21002", concentration_max="8"), line(outlet="DA002")]
        plausible.check_rates(found, [rate, limit("a21002")], lines)
        assert [(each.pointer, each.code) for each in found.errors] == [
            ("/values/0/rate_max", "rate_not_stated")
        ]
        plausible.check_rates(nothing := Findings(), [rate], [line(rate_max="0.9")])
        assert nothing.errors == []


class TestCalculationsArticle10:
    @pytest.mark.parametrize(
        ("amount", "hard", "soft"),
        [("18.25", 0, 0), ("18.43", 0, 0), ("18.5", 0, 1), ("19.1", 0, 1), ("19.2", 1, 0), ("18250", 1, 0)],
    )
    def test_one_per_cent_is_explained_and_five_per_cent_refused(
        self, amount: str, hard: int, soft: int
    ) -> None:
        judged, worked_out = Judged(), amounts.amount(WATER_1000_M3_A_DAY_AT_50_MG_L)
        given = line(amount_t=amount, method="manual")
        plausible.check_calculations(judged, [given], {0: worked_out}, Plausibility())
        assert (len(judged.hard.errors), len(judged.soft.errors)) == (hard, soft)

    def test_the_method_is_the_one_that_the_data_are_for(self) -> None:
        judged, worked_out = Judged(), amounts.amount(WATER_1000_M3_A_DAY_AT_50_MG_L)
        given = line(amount_t="18.25", method="automatic")
        plausible.check_calculations(judged, [given], {0: worked_out}, Plausibility())
        assert seen(judged.hard) == [("/values/0/method", "method_not_first", "环境保护税法 第十条")]


class TestSeverity:
    def test_each_goes_where_it_belongs_and_off_goes_nowhere(self) -> None:
        judged = Judged()
        for severity in ("hard", "soft", "note", "off"):
            plausible.check_average(
                judged.at(severity), [line(concentration_max="1", concentration_average="2")]
            )
        assert [len(each.errors) for each in (judged.hard, judged.soft, judged.note)] == [1, 1, 1]


class TestConfiguration:
    def test_a_city_s_file_says_what_differs(self, tmp_path: Path) -> None:
        path = tmp_path / "plausibility.toml"
        path.write_text('jump_factor = "100"\njump = "hard"\n', encoding="utf-8")
        assert configuration.load(path) == Plausibility(jump_factor=Decimal(100), jump="hard")

    @pytest.mark.parametrize("text", ['jumps = "1"', 'jump = "loud"', 'jump_factor = "many"', "="])
    def test_what_cannot_be_used_is_said(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "plausibility.toml"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(configuration.PlausibilityFileError, match=r"plausibility\.toml"):
            configuration.load(path)
