"""Self-monitoring records (排污许可管理条例 art. 19, HJ 819-2017)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.permits.monitoring import rules
from services.permits.monitoring.rules import BelowDetection, Sum

PERMITTED = {"DA001": {"a21026"}, "厂界上风向": {"a34001"}}


def found(check: object, **kwargs: object) -> list[tuple[str, str]]:
    findings = Findings()
    check(findings, **kwargs)  # type: ignore[operator]
    return [(each.pointer, each.code) for each in findings.errors]


@pytest.mark.parametrize(
    ("outlet_code", "point", "pollutant_code", "expected"),
    [
        ("DA001", None, "a21026", []),
        (None, "厂界上风向", "a34001", []),
        ("DA001", None, "a34001", [("/pollutant_code", "pollutant_not_permitted")]),
        ("DA002", None, "a21026", [("/outlet_code", "outlet_not_permitted")]),
        (None, "厂界下风向", "a34001", [("/point", "point_not_permitted")]),
        (None, None, "a21026", [("/outlet_code", "one_place")]),
        ("DA001", "厂界上风向", "a21026", [("/outlet_code", "one_place")]),
    ],
)
def test_art_19_it_is_measured_where_and_what_the_permit_of_that_day_says(
    outlet_code: str | None, point: str | None, pollutant_code: str, expected: list[tuple[str, str]]
) -> None:
    named = {"outlet_code": outlet_code, "point": point, "pollutant_code": pollutant_code}
    assert found(rules.check_place, **named, permitted=PERMITTED) == expected


@pytest.mark.parametrize(
    ("outlet_code", "point", "expected"),
    [
        ("DA009", None, []),
        ("DA001", None, [("/unpermitted_outlet", "outlet_is_permitted")]),
        (None, "厂界", [("/outlet_code", "outlet_needed")]),
        (None, None, [("/outlet_code", "one_place")]),
    ],
)
def test_art_36_another_outlet_is_recorded_where_it_is_said_to_be_one(
    outlet_code: str | None, point: str | None, expected: list[tuple[str, str]]
) -> None:
    named = {"outlet_code": outlet_code, "point": point, "pollutant_code": "a99999"}
    judged = found(rules.check_place, **named, permitted=PERMITTED, unpermitted_outlet=True)
    assert judged == expected


@pytest.mark.parametrize(
    ("outlet_code", "unit", "right"),
    [
        ("DA001", "ug/m3", True),
        ("DA001", "kg/h", True),
        ("DA001", "mg/L", False),
        ("DW001", "mg/L", True),
        ("DW001", "mg/m3", False),
        ("DW001", "dimensionless", True),
        (None, "mg/L", True),
    ],
)
def test_art_13_gas_and_water_are_measured_in_their_own_units(
    outlet_code: str | None, unit: str, *, right: bool
) -> None:
    assert (found(rules.check_unit, outlet_code=outlet_code, unit=unit) == []) == right


def test_hj_819_a_manual_record_says_by_which_method_and_by_whom() -> None:
    nothing = {"method_standard": None, "laboratory": None}
    assert found(rules.check_manual, means="automatic", **nothing) == []
    assert found(rules.check_manual, means="manual", **nothing) == [
        ("/method_standard", "method_needed"),
        ("/laboratory", "laboratory_needed"),
    ]


@pytest.mark.parametrize(
    ("qualifier", "value", "right"),
    [
        *(("<", "3", True), ("<", "0.000", False), ("<", "0", False), ("=", "0", True)),
        *((">", "3", True), (">", "0.000", False), (">", "0", False)),
    ],
)
def test_hj_819_what_was_not_detected_is_below_a_limit_and_what_is_too_much_above_a_range_not_zero(
    qualifier: str, value: str, *, right: bool
) -> None:
    codes = {"<": "detection_limit_needed", ">": "measuring_range_needed"}
    expected = [] if right else [("/value", codes[qualifier])]
    assert found(rules.check_qualifier, qualifier=qualifier, value=value) == expected


@pytest.mark.parametrize(
    ("value", "unit", "right"),
    [
        *(("9999999.999", "mg/m3", True), ("10000000", "mg/m3", False), ("9" * 18, "mg/m3", False)),
        *(("9999999999", "ug/m3", True), ("10000000000", "ug/m3", False), ("10000", "g/m3", False)),
        *(("9999999", "mg/L", True), ("10000000.0", "mg/L", False), ("10000000", "kg/h", False)),
        *(("9", "grade", True), ("10", "grade", False), ("0.000000000001", "mg/m3", True)),
    ],
)
def test_art_19_no_cubic_metre_of_gas_and_no_litre_of_water_holds_ten_kilogrammes(
    value: str, unit: str, *, right: bool
) -> None:
    expected = [] if right else [("/value", "value_implausible")]
    assert found(rules.check_possible, value=value, unit=unit) == expected


def test_every_unit_has_a_bound_which_is_the_same_in_the_unit_that_it_is_compared_in() -> None:
    assert set(rules.MOST_DIGITS) == rules.OF_GAS | rules.OF_WATER
    for unit, (standard, factor) in rules.STANDARD.items():
        assert Decimal(10) ** rules.MOST_DIGITS[unit] * factor == Decimal(10) ** rules.MOST_DIGITS[standard]


@given(
    st.decimals(min_value=0, max_value=10**17, places=12),
    st.sampled_from(sorted(rules.OF_GAS | rules.OF_WATER)),
)
def test_a_figure_is_converted_exactly_and_once(value: Decimal, unit: str) -> None:
    figure, standard = rules.in_standard(value, unit)
    assert rules.in_standard(figure, standard) == (figure, standard)
    _, factor = rules.STANDARD.get(unit, (unit, Decimal(1)))
    assert rules.EXACT.divide(figure, factor) == value


class TestMean:
    def of(self, count: int, below: int, total: str, total_below: str) -> Sum:
        return Sum(
            "DA001",
            "a21026",
            "manual",
            "mg/m3",
            count,
            below,
            Decimal(9),
            Decimal(total),
            Decimal(total_below),
        )

    def test_what_is_below_detection_counts_as_half_of_its_limit(self) -> None:
        assert self.of(4, 2, "10", "6").mean(BelowDetection()) == Decimal("3.25")
        assert self.of(4, 2, "10", "6").mean(BelowDetection(Decimal(0))) == Decimal("2.5")

    def test_it_is_rounded_half_up_to_six_places(self) -> None:
        assert str(self.of(3, 0, "2", "0").mean(BelowDetection())) == "0.666667"
