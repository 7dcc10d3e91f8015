"""Limits that change within a report's period (排污许可管理条例 art. 14-16, 19, 21, 22, 34)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.kit.findings import Findings
from services.permits.permits.rules import LimitFact
from services.permits.permits.rules_limits import AveragingRule
from services.permits.reports.rules import ARTICLE_REPORT
from services.permits.reports.rules_changing import Measured, OfPeriod, Stretch, exceedances, of_period
from services.permits.reports.rules_statements import Unpermitted, check_unpermitted
from tests.permits.reports.facts import limit, line, seen

START, CHANGE, END = date(2025, 2, 1), date(2025, 2, 11), date(2025, 2, 28)
BEFORE, KEY = date(2025, 2, 10), ("DA001", "a21026")
POINTER = "/values/0/concentration_max"
SOME = [(POINTER, "over_limit_of_some_days", ARTICLE_REPORT)]
Days = list[tuple[str, date, date | None]]


def changed(before: list[LimitFact], after: list[LimitFact]) -> OfPeriod:
    """February, with another version from the 11th on."""
    return of_period([Stretch(START, BEFORE, before), Stretch(CHANGE, END, after)])


def days(found: OfPeriod) -> Days:
    return [(str(each.value), each.valid_from, each.valid_to) for each in found.by_day]


def record(day: int, value: str, *, figure: str = "concentration_max", unit: str = "mg/m3") -> Measured:
    return Measured(date(2025, 2, day), *KEY, unit, figure, Decimal(value))


def judged(found: OfPeriod, *records: Measured, **figures: str) -> tuple[list[tuple[str, str]], list[object]]:
    """What is certainly over which limit, and what is to be explained."""
    asked = Findings()
    over = exceedances(asked, found.changing, [line(**figures)], records)
    return [(str(each.limit), str(each.value)) for each in over], [*seen(asked)]


class TestOfPeriod:
    def test_article_14_what_goes_on_unchanged_is_one_limit_and_nothing_to_look_at(self) -> None:
        found = changed([limit()], [replace(limit(), standard="GB 13271-2014")])
        assert (days(found), found.changing) == ([("300", date(2024, 1, 1), None)], [])
        assert found.limits == tuple(found.by_day)

    def test_article_14_each_version_limits_its_own_days_and_the_strictest_stands_for_the_period(
        self,
    ) -> None:
        found = changed([limit(value="300")], [limit(value="100")])
        assert days(found) == [("300", date(2024, 1, 1), BEFORE), ("100", CHANGE, None)]
        assert [each.value for each in found.limits] == [Decimal(100)]
        assert [each.always for each in found.changing] == [True]

    def test_article_13_a_limit_whose_own_days_end_within_the_period_is_changed_by_the_next(self) -> None:
        one = [
            replace(limit(value="300"), valid_to=BEFORE),
            replace(limit(value="100"), valid_from=CHANGE),
        ]
        found = of_period([Stretch(START, END, one)])
        assert days(found) == [("300", date(2024, 1, 1), BEFORE), ("100", CHANGE, None)]
        assert judged(found, concentration_max="101") == ([], SOME)

    def test_article_34_of_two_that_hold_on_a_day_the_stricter_is_of_the_day(self) -> None:
        looser = replace(limit(value="400"), valid_from=CHANGE)
        found = of_period([Stretch(START, END, [limit(value="300"), looser])])
        assert (days(found), found.changing) == ([("300", date(2024, 1, 1), None)], [])

    def test_article_13_a_promise_is_a_change_too(self) -> None:
        promised = replace(limit(), promised_value=Decimal(200))
        assert judged(changed([limit()], [promised]), concentration_max="201") == ([], SOME)
        assert judged(changed([limit()], [promised]), concentration_max="301") == ([("300", "301")], [])

    def test_article_22_a_line_that_any_version_of_the_period_had_is_one(self) -> None:
        found = changed([limit(outlet="DA002")], [limit(outlet="DA003")])
        assert found.limits.outlets == {"DA002", "DA003"}
        assert found.changing == []  # a line's figures are of the days on which the permit had it

    def test_article_34_days_between_two_equal_limits_are_without_one(self) -> None:
        year = limit(kind="annual_amount", value="8")
        first = replace(limit(), valid_to=date(2025, 2, 5))
        found = of_period([Stretch(START, END, [year, first, replace(limit(), valid_from=CHANGE)])])
        assert days(found)[1:] == [
            ("300", date(2024, 1, 1), date(2025, 2, 5)),
            ("300", CHANGE, None),
        ]
        assert judged(found, record(6, "301"), record(10, "302"), concentration_max="302") == ([], [])
        assert judged(found, record(5, "301"), concentration_max="302") == ([("300", "301")], [])

    def test_one_that_begins_on_the_last_day_is_of_that_day(self) -> None:
        later = replace(limit(value="100"), valid_from=END)
        found = of_period([Stretch(START, END, [limit(), later])])
        assert days(found) == [("300", date(2024, 1, 1), date(2025, 2, 27)), ("100", END, None)]

    def test_days_outside_the_period_change_nothing_in_it(self) -> None:
        ended = replace(limit(value="500"), valid_to=date(2025, 1, 31))
        later = replace(limit(value="5"), valid_from=date(2025, 3, 1))
        found = of_period([Stretch(START, END, [ended, limit(), later])])
        assert (days(found), found.changing) == ([("300", date(2024, 1, 1), None)], [])


class TestYearlyAmounts:
    """Article 34(1): the one that held on the last of the days on which the permit had the line."""

    YEAR = limit(kind="annual_amount", value="12.5")

    def test_it_is_that_of_the_version_at_the_year_s_end(self) -> None:
        found = changed([self.YEAR], [limit(kind="annual_amount", value="8")])
        assert [each.value for each in found.limits.yearly.values()] == [Decimal(8)]
        assert (days(found), found.changing) == ([("8", CHANGE, None)], [])

    def test_one_that_was_dropped_while_the_line_stays_is_none(self) -> None:
        assert not changed([self.YEAR, limit()], [limit()]).limits.yearly

    def test_an_outlet_that_was_given_up_keeps_its_own(self) -> None:
        found = changed([self.YEAR, limit()], [limit(outlet="DA002")])
        assert set(found.limits.yearly) == {KEY}

    def test_one_of_a_permit_year_is_that_of_the_last_day(self) -> None:
        years = [
            replace(self.YEAR, permit_year=1, valid_to=BEFORE),
            replace(self.YEAR, value=Decimal(10), permit_year=2, valid_from=CHANGE),
        ]
        found = of_period([Stretch(START, END, years)])
        assert [each.value for each in found.limits] == [Decimal(10)]


class TestExceedances:
    FOUND = changed([limit(value="300")], [limit(value="100")])

    @pytest.mark.parametrize(
        ("stated", "records", "over", "asked"),
        [
            ("100", [], [], False),
            ("101", [], [], True),
            ("300", [], [], True),
            ("301", [], [("300", "301")], False),
            ("200", [record(10, "200")], [], False),  # on a day that allowed it
            ("200", [record(10, "199")], [], True),
            ("200", [record(11, "100")], [], True),
            ("200", [record(10, "200"), record(11, "101")], [("100", "101")], False),
            ("200", [record(28, "200")], [("100", "200")], False),
            ("301", [record(11, "300")], [("100", "300")], False),  # the worst of what is certain
            ("301", [record(10, "301")], [("300", "301")], False),
            ("100", [record(11, "150")], [], False),  # `below_monitored` asks about it
            ("200", [record(10, "200", figure="concentration_average")], [], True),
            ("200", [record(10, "200", unit="kg/h")], [], True),
        ],
    )
    def test_article_34_a_figure_without_a_day_is_certain_over_every_limit_and_records_say_the_day(
        self, stated: str, records: list[Measured], over: list[tuple[str, str]], asked: bool
    ) -> None:
        assert judged(self.FOUND, *records, concentration_max=stated) == (over, SOME if asked else [])

    def test_it_does_not_matter_in_which_order_they_held(self) -> None:
        eased = changed([limit(value="100")], [limit(value="300")])
        assert judged(eased, concentration_max="200") == ([], SOME)
        assert judged(eased, record(10, "150"), concentration_max="200") == ([("100", "150")], [])
        assert judged(eased, record(11, "200"), concentration_max="200") == ([], [])

    def test_article_34_days_without_a_limit_of_that_kind_allow_anything(self) -> None:
        new = changed([limit("a21026", "annual_amount", "8")], [limit()])
        assert judged(new, concentration_max="301") == ([], SOME)
        assert judged(new, record(5, "301"), concentration_max="301") == ([], [])
        assert judged(new, record(15, "301"), concentration_max="301") == ([("300", "301")], [])

    def test_article_13_limits_in_other_units_or_over_other_times_are_not_compared(self) -> None:
        other = changed([limit(unit="ng-TEQ/m3")], [limit()])
        assert other.limits.units == {KEY: "mg/m3"}
        assert judged(other, concentration_max="301") == ([], SOME)

    def test_article_34_what_is_at_least_a_figure_is_over_what_that_is_over(self) -> None:
        given = {"concentration_max": "100", "concentration_max_qualifier": ">"}
        assert judged(self.FOUND, **given) == ([], SOME)
        assert judged(self.FOUND, record(10, "150"), **given) == ([], [])
        given = {"concentration_max": "500", "concentration_max_qualifier": "<"}
        assert judged(self.FOUND, **given) == ([], [])

    def test_article_13_a_range_has_two_bounds_that_change(self) -> None:
        wide = replace(limit(unit="dimensionless", value="9"), lower_value=Decimal(6))
        narrow = replace(limit(unit="dimensionless", value="8"), lower_value=Decimal(7))
        found = changed([wide], [narrow])
        assert judged(found, concentration_max="8", concentration_average="6.5") == ([], SOME)
        assert judged(found, concentration_max="8", concentration_average="5.9") == ([("6", "5.9")], [])
        high = record(10, "8", unit="dimensionless")
        assert judged(found, high, concentration_max="8", concentration_average="6.5") == ([], SOME)
        assert judged(found, concentration_max="8.5", concentration_average="7") == ([], SOME)
        assert judged(found, concentration_max="8", concentration_average="7") == ([], [])
        open_below = changed([replace(wide, lower_value=None)], [narrow])
        assert judged(open_below, concentration_max="8", concentration_average="5.9") == ([], SOME)

    def test_article_19_no_record_of_a_day_is_over_the_mean_of_a_longer_time(self) -> None:
        monthly = AveragingRule("month", "mean")
        before, after = (
            replace(limit(kind="concentration", value=value), averaging=monthly) for value in ("300", "100")
        )
        found, day = changed([before], [after]), record(15, "250", figure="concentration_average")
        asked = [("/values/0/concentration_average", "over_limit_of_some_days", ARTICLE_REPORT)]
        assert judged(found, day, concentration_average="200") == ([], asked)

    def test_article_19_a_rate_of_the_records_is_held_against_the_limit_of_its_day(self) -> None:
        found = changed(
            [limit(kind="emission_rate", value="4", unit="kg/h")],
            [limit(kind="emission_rate", value="2", unit="kg/h")],
        )
        first, second = (record(day, "3", figure="rate_max", unit="kg/h") for day in (10, 11))
        assert judged(found, first, rate_max="3") == ([], [])
        assert judged(found, second, rate_max="3") == ([("2", "3")], [])

    def test_a_line_that_is_not_reported_is_over_nothing(self) -> None:
        found = Findings()
        assert exceedances(found, self.FOUND.changing, [line("a21002", concentration_max="900")], ()) == []
        assert found.errors == []

    def test_the_words_name_each_limit_and_its_days(self) -> None:
        found = Findings()
        exceedances(found, self.FOUND.changing, [line(concentration_max="200")], ())
        (error,) = found.errors
        assert "100: 2025-02-11 –" in error.text.en
        assert "300" not in error.text.en
        assert "100: 2025-02-11 –" in error.text.zh


@pytest.mark.parametrize(
    ("first", "last", "refused"),
    [(9, 9, False), (9, 10, True), (15, 20, True), (20, 28, True), (21, 28, False)],
)
def test_article_36_an_outlet_is_not_permitted_on_days_on_which_the_permit_did_not_have_it(
    first: int, last: int, refused: bool
) -> None:
    found = Findings()
    told = Unpermitted("DA002", None, date(2025, 2, first), date(2025, 2, last), "旁路")
    partly = [("DA002", date(2025, 2, 10), date(2025, 2, 20)), ("DA003", START, END)]
    check_unpermitted(found, [told], {"DA001"}, partly, start=START, end=END)
    assert [each.code for each in found.errors] == ["outlet_is_permitted"] * refused
