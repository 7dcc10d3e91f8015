"""Special periods in a report (排污许可管理条例 art. 13(7), 22, 35(2); 大气污染防治法 art. 96)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from services.kit.findings import Findings
from services.permits.permits.rules import WHOLE_PLANT, LimitFact
from services.permits.reports import rules_special as special
from services.permits.reports.rules_special import SpecialLine
from tests.permits.reports.facts import limit

START, DAY, END = date(2025, 1, 1), date(2025, 1, 10), date(2025, 3, 31)
ORANGE = {DAY: "orange"}


def of_alert(level: str = "orange", value: str = "20", **changes: Any) -> LimitFact:
    fact = limit(kind=changes.pop("kind", "daily_amount"), value=value, unit=changes.pop("unit", "kg/d"))
    return replace(fact, ground="heavy_pollution", alert_level=level, **changes)


def line(day: date = DAY, outlet: str = "DA001", **figures: str | None) -> SpecialLine:
    code = figures.pop("no_data_code", None)
    named = {name: Decimal(figure) for name, figure in figures.items() if figure is not None}
    return SpecialLine(day, outlet, "a21026", no_data_code=code, **named)


def over(limits: list[LimitFact], levels: dict[date, str], *lines: SpecialLine) -> list[tuple[Any, ...]]:
    found = special.special_exceedances(limits, levels, lines)
    return [(each.day, each.kind, str(each.limit), str(each.value), each.multiple) for each in found]


def codes(found: Findings) -> list[tuple[str, str]]:
    return [(error.pointer, error.code) for error in found.errors]


class TestArticle35:
    def test_a_day_of_an_alert_is_judged_by_its_limit_and_equal_complies(self) -> None:
        assert over([of_alert()], ORANGE, line(amount_kg="20")) == []
        assert over([of_alert()], ORANGE, line(amount_kg="25")) == [
            (DAY, "daily_amount", "20", "25", Decimal("0.25"))
        ]

    def test_without_an_alert_that_day_nothing_is_over(self) -> None:
        assert over([of_alert()], {}, line(amount_kg="25")) == []
        assert over([of_alert()], {DAY: "yellow"}, line(amount_kg="25")) == []

    def test_a_higher_alert_keeps_what_binds_below_it_and_the_strictest_counts_once(self) -> None:
        limits = [of_alert("yellow", "30"), of_alert("orange", "20")]
        assert [each[2] for each in over(limits, {DAY: "red"}, line(amount_kg="40"))] == ["20"]

    def test_where_discharge_is_prohibited_anything_is_over_and_has_no_multiple(self) -> None:
        stop = of_alert("red", "0", prohibited=True)
        assert over([stop], {DAY: "red"}, line(amount_kg="0.1")) == [(DAY, "daily_amount", "0", "0.1", None)]
        assert over([stop], {DAY: "red"}, line(amount_kg="0")) == []

    def test_a_plan_goes_by_the_dates_of_its_limits_and_a_month_is_judged_once(self) -> None:
        plan = replace(
            limit(kind="monthly_amount", value="2", unit="t/month", outlet=""),
            ground="attainment_plan",
            valid_from=DAY,
            valid_to=END,
        )
        lines = [line(date(2025, 1, day), "", month_amount_t="3") for day in (9, 10, 11)]
        assert [each[0] for each in over([plan], {}, *lines)] == [DAY]

    def test_each_kind_is_held_against_its_own_figure(self) -> None:
        limits = [
            of_alert(kind="hourly_concentration", value="50", unit="mg/m3"),
            of_alert(kind="daily_concentration", value="40", unit="mg/m3"),
            of_alert(kind="emission_rate", value="1", unit="kg/h"),
        ]
        given = line(concentration_max="51", concentration_average="40", rate_max="1.5")
        assert {each[1] for each in over(limits, ORANGE, given)} == {"hourly_concentration", "emission_rate"}


class TestArticle13:
    def test_a_version_s_special_limits_hold_on_no_day_outside_its_own(self) -> None:
        march, april = date(2025, 3, 1), date(2025, 4, 30)
        (open_ended,) = special.within([of_alert()], first=march, last=april)
        assert (open_ended.valid_from, open_ended.valid_to) == (march, april)
        (ending,) = special.within([of_alert(valid_from=DAY, valid_to=END)], first=START, last=None)
        assert (ending.valid_from, ending.valid_to) == (DAY, END)
        assert special.within([of_alert(valid_to=END)], first=april, last=None) == []


class TestArticle19:
    def test_the_records_of_the_day_count_where_the_report_is_silent_or_lower(self) -> None:
        rate = of_alert(kind="emission_rate", value="1", unit="kg/h")
        for stated in ([], [line(rate_max="0.5")], [line(no_data_code="weather")]):
            shown = special.with_records(stated, [line(rate_max="2")])
            assert [each[3] for each in over([rate], ORANGE, *shown)] == ["2"]

    def test_less_than_the_records_show_needs_a_reason(self) -> None:
        found = Findings()
        special.check_recorded(found, [line(rate_max="0.5", amount_kg="1")], [line(rate_max="2")])
        assert codes(found) == [("/special_values/0/rate_max", "below_monitored")]


class TestHj944:
    def test_a_line_is_of_the_period_once_with_figures_or_a_reason(self) -> None:
        found = Findings()
        lines = [
            line(date(2024, 12, 31), amount_kg="-1"),
            line(),
            line(no_data_code="weather", amount_kg="1"),
        ]
        special.check_lines(found, lines, start=START, end=END)
        assert codes(found) == [
            ("/special_values/0/day", "day_outside_period"),
            ("/special_values/0/amount_kg", "negative_value"),
            ("/special_values/1", "value_blank"),
            ("/special_values/2", "value_repeated"),
            ("/special_values/2/amount_kg", "value_beside_no_data_code"),
        ]

    def test_a_month_has_one_amount_however_many_of_its_days_are_stated(self) -> None:
        months = ("1.50", "1.5", "9", "2")
        days = (DAY, date(2025, 1, 11), date(2025, 1, 12), date(2025, 2, 1))
        lines = [line(day, month_amount_t=amount) for day, amount in zip(days, months, strict=True)]
        special.check_lines(found := Findings(), lines, start=START, end=END)
        assert codes(found) == [("/special_values/2/month_amount_t", "month_amount_differs")]

    def test_a_day_without_a_special_limit_has_no_line(self) -> None:
        found = Findings()
        lines = [line(amount_kg="1"), line(date(2025, 1, 11), amount_kg="1"), line(outlet="", amount_kg="1")]
        special.check_special(found, [of_alert()], ORANGE, lines)
        assert codes(found) == [(f"/special_values/{at}", "no_special_limit") for at in (1, 2)]

    def test_article_22_a_limit_that_the_report_does_not_show_is_noted_once(self) -> None:
        levels = {DAY: "orange", date(2025, 1, 11): "red", date(2025, 1, 12): "yellow"}
        found = Findings()
        special.check_unstated(found, [of_alert()], levels, [line(amount_kg="1")], start=START, end=END)
        assert codes(found) == [("/special_values", "special_value_missing")]
        assert "1 days" in found.errors[0].text.en
        assert "2025-01-11" in found.errors[0].text.en
        shown = [line(amount_kg="1"), line(date(2025, 1, 11), no_data_code="stopped_production")]
        special.check_unstated(nothing := Findings(), [of_alert()], levels, shown, start=START, end=END)
        assert nothing.errors == []


class TestWords:
    def test_the_plant_is_named_in_the_language_of_the_text(self) -> None:
        found = Findings()
        lines = [line(outlet="", amount_kg="1")] * 2
        special.check_lines(found, lines, start=START, end=END)
        special.check_special(found, [], {}, lines)
        limits = [of_alert(outlet_code=WHOLE_PLANT, scope="plant")]
        special.check_unstated(found, limits, {DAY: "orange"}, [], start=START, end=END)
        assert [error.code for error in found.errors] == [
            *("value_repeated", "no_special_limit", "no_special_limit", "special_value_missing")
        ]
        for error in found.errors:
            assert error.text.en.isascii(), error.text.en
            assert "全厂" in error.text.zh
