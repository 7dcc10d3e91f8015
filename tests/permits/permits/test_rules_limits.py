"""What permitted values must satisfy, by kind (排污许可管理条例 art. 13(5) and 13(7))."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.permits.permits import rules_limits as rules
from services.permits.permits.averaging import default_for, defaults
from services.permits.permits.models import LIMIT_KINDS, SPECIAL_KINDS

ART_13 = "排污许可管理条例 第十三条"
WHERE = "/outlets/1/limits/0"
UNITS = (
    *("mg/m3", "mg/L", "ng-TEQ/m3", "MPN/L", "dimensionless"),
    *("kg/h", "grade", "t/a", "kg/d", "t/month"),
)
AIR, WATER = {"mg/m3", "ng-TEQ/m3", "dimensionless"}, {"mg/L", "MPN/L", "dimensionless"}
# What the regulation asks for, written out: everything else is refused.
RIGHT_UNITS = {
    **{("air", kind): AIR for kind in rules.CONCENTRATIONS},
    **{("water", kind): WATER for kind in rules.CONCENTRATIONS},
    **{
        (medium, kind): {unit}
        for medium in ("air", "water")
        for kind, unit in (
            ("emission_rate", "kg/h"),
            ("grade", "grade"),
            ("annual_amount", "t/a"),
            ("daily_amount", "kg/d"),
            ("monthly_amount", "t/month"),
        )
    },
}


def form(**changes: Any) -> rules.LimitForm:
    given_form = {
        "where": WHERE,
        "medium": "air",
        "kind": "hourly_concentration",
        "value": Decimal(300),
        "unit": "mg/m3",
        "valid_from": date(2025, 1, 1),
        "valid_to": None,
    }
    return rules.LimitForm(**{**given_form, **changes})


def found_by(check: Any, *arguments: Any, **named: Any) -> list[tuple[str, str]]:
    found = Findings()
    check(found, *arguments, **named)
    return [(error.pointer.removeprefix(f"{WHERE}/"), error.code) for error in found.errors]


class TestCheckUnitArticle13:
    def test_every_medium_kind_and_unit_is_judged_as_the_article_says(self) -> None:
        for (medium, kind), unit in itertools.product(RIGHT_UNITS, UNITS):
            found = Findings()
            rules.check_unit(found, f"{WHERE}/unit", medium=medium, kind=kind, unit=unit)
            refused = [(error.pointer, error.code, error.article) for error in found.errors]
            expected = [(f"{WHERE}/unit", "unit_mismatch", ART_13)]
            assert refused == ([] if unit in RIGHT_UNITS[medium, kind] else expected), (medium, kind, unit)

    def test_it_rests_on_the_kind_beside_it_and_on_the_medium_of_the_outlet(self) -> None:
        found = Findings()
        rules.check_unit(found, f"{WHERE}/unit", medium="air", kind="annual_amount", unit="mg/L")
        assert found.errors[0].rests_on == (f"{WHERE}/kind", "/outlets/1/medium")


class TestCheckBoundsArticle13:
    def test_ph_lies_between_two_bounds(self) -> None:
        ph = {"kind": "instant_value", "unit": "dimensionless", "value": Decimal(9)}
        assert found_by(rules.check_bounds, form(**ph, lower_value=Decimal(6))) == []
        for lower in (9, 10):
            wrong = form(**ph, lower_value=Decimal(lower))
            assert found_by(rules.check_bounds, wrong) == [("lower_value", "bounds_reversed")]

    @pytest.mark.parametrize("changes", [{}, {"kind": "annual_amount", "unit": "t/a"}])
    def test_what_has_a_dimension_has_no_lower_bound(self, changes: dict[str, str]) -> None:
        wrong = form(**changes, lower_value=Decimal(1))
        assert found_by(rules.check_bounds, wrong) == [("lower_value", "lower_bound_not_expected")]


class TestCheckPromiseArticle13:
    @given(st.decimals("0.01", 1000, places=2), st.decimals("0.01", 1000, places=2))
    def test_exactly_what_is_stricter_is_a_promise(self, value: Decimal, promised: Decimal) -> None:
        codes = [
            code for _, code in found_by(rules.check_promise, form(value=value, promised_value=promised))
        ]
        assert codes == ([] if promised < value else ["promise_not_stricter"])

    @pytest.mark.parametrize("changes", [{"kind": "grade"}, {"lower_value": Decimal(6)}])
    def test_a_grade_and_a_range_have_none(self, changes: dict[str, Any]) -> None:
        wrong = form(promised_value=Decimal(1), **changes)
        assert found_by(rules.check_promise, wrong) == [("promised_value", "promise_not_expected")]


class TestCheckWordsArticle13:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"kind": "grade", "value": Decimal(1), "text": "林格曼黑度1级"}, None),
            ({"kind": "grade", "value": Decimal("0.5"), "text": "林格曼黑度0.5级"}, None),
            ({"kind": "grade", "value": Decimal(2), "text": "林格曼黑度1级"}, "text_mismatch"),
            ({"kind": "grade", "value": Decimal(1), "text": "林格曼黑度一级"}, "text_mismatch"),
            ({"kind": "grade", "value": Decimal(1)}, "text_missing"),
            ({"text": "300"}, "text_not_expected"),
            ({}, None),
        ],
    )
    def test_words_and_grade_say_the_same(self, changes: dict[str, Any], code: str | None) -> None:
        assert found_by(rules.check_words, form(**changes)) == ([("text", code)] if code else [])


class TestPermitYearsArticle13:
    def year(self, number: int, first: str, last: str | None, **changes: Any) -> rules.LimitForm:
        days = {
            "valid_from": date.fromisoformat(first),
            "valid_to": date.fromisoformat(last) if last else None,
        }
        return form(
            kind="annual_amount", unit="t/a", where=f"/l/{number}", permit_year=number, **{**days, **changes}
        )

    def test_a_permit_year_is_of_a_yearly_amount(self) -> None:
        wrong = form(permit_year=1)
        assert found_by(rules.check_year, wrong) == [("permit_year", "permit_year_not_expected")]

    @pytest.mark.parametrize(
        ("first", "last", "refused"),
        [
            ("2025-06-16", "2026-06-15", False),
            ("2024-01-01", "2024-12-31", False),
            ("2025-01-01", "2026-01-02", True),
            ("2025-01-01", None, True),
        ],
    )
    def test_it_has_two_ends_a_year_apart_at_most(self, first: str, last: str | None, refused: bool) -> None:
        codes = [code for _, code in found_by(rules.check_year, self.year(1, first, last))]
        assert codes == ["permit_year_open"] * refused

    def test_the_years_follow_one_another(self) -> None:
        years = [self.year(n, f"{2024 + n}-03-01", f"{2025 + n}-02-28") for n in (1, 3, 2)]
        assert found_by(rules.check_years_in_order, years) == []
        overlapping = [*years[:1], self.year(2, "2026-02-28", "2027-02-27")]
        assert found_by(rules.check_years_in_order, overlapping) == [
            ("/l/2/valid_from", "permit_years_overlap")
        ]


class TestCheckAveraging:
    def stated(self, kind: str, **changes: Any) -> list[tuple[str, str]]:
        rule = rules.AveragingRule(**{"period": "hour", "statistic": "mean", **changes})
        return found_by(rules.check_averaging, f"{WHERE}/averaging", kind=kind, rule=rule)

    def test_every_kind_has_a_default_that_passes_but_the_one_that_has_to_say_it(self) -> None:
        for kind, medium in itertools.product({*LIMIT_KINDS, *SPECIAL_KINDS}, ("air", "water", None)):
            rule = default_for(kind, medium)
            assert (rule is None) == (kind == "concentration")
            if rule is not None:
                assert found_by(rules.check_averaging, f"{WHERE}/averaging", kind=kind, rule=rule) == []

    def test_a_valid_hour_to_air_has_45_valid_minutes_hj_75(self) -> None:
        rule = default_for("hourly_concentration", "air")
        assert rule is not None
        assert (rule.period, rule.statistic, rule.minimum_valid, rule.minimum_unit) == (
            "hour",
            "mean",
            45,
            "minute",
        )

    def test_every_default_names_its_source(self) -> None:
        assert all(each.source and each.seen in ("verified", "memory") for each in defaults())

    def test_what_the_kind_says_is_not_said_otherwise(self) -> None:
        assert self.stated("hourly_concentration") == []
        assert self.stated("hourly_concentration", period="day") == [
            ("averaging/period", "averaging_mismatch")
        ]
        assert self.stated("hourly_concentration", statistic="sum") == [
            ("averaging/statistic", "statistic_mismatch")
        ]
        assert self.stated("annual_amount", period="year") == [("averaging/statistic", "statistic_mismatch")]

    def test_a_concentration_of_no_fixed_time_says_its_time(self) -> None:
        missing = found_by(rules.check_averaging, f"{WHERE}/averaging", kind="concentration", rule=None)
        assert missing == [("averaging", "averaging_missing")]
        assert self.stated("concentration", period="month") == []

    @pytest.mark.parametrize(
        ("changes", "right"),
        [
            ({"minimum_valid": 45, "minimum_unit": "minute"}, True),
            ({"minimum_valid": 45, "minimum_unit": "hour"}, False),
            ({"minimum_valid": 45}, False),
            ({"minimum_unit": "minute"}, False),
        ],
    )
    def test_the_least_number_of_data_goes_with_what_it_counts(
        self, changes: dict[str, Any], right: bool
    ) -> None:
        expected = [] if right else [("averaging/minimum_unit", "coverage_incomplete")]
        assert self.stated("hourly_concentration", **changes) == expected
