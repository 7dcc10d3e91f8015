"""Units (排污许可管理条例 art. 13): each figure in the unit of its limit, exactly."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.permits.reports.rules_limits import Limits
from services.permits.reports.rules_units import EXACT, converted, fits
from services.permits.reports.rules_values import Stated, in_standard_units
from tests.permits.reports.facts import limit, seen

UNITS = ["mg/m3", "ug/m3", "g/m3", "mg/L", "ug/L", "g/L", "t", "kg", "g", "kg/h", "g/h", "t/h"]


@pytest.mark.parametrize(
    ("figure", "unit", "to", "result"),
    [
        ("50000", "ug/m3", "mg/m3", "50"),
        ("0.05", "g/m3", "mg/m3", "50"),
        ("1.50", "mg/L", "ug/L", "1500"),
        ("18250", "kg", "t", "18.25"),
        ("1", "g", "t", "0.000001"),
        ("7", "dimensionless", "dimensionless", "7"),
    ],
)
def test_figures_are_converted_exactly(figure: str, unit: str, to: str, result: str) -> None:
    assert format(converted(Decimal(figure), unit, to), "f") == result  # type: ignore[arg-type]


@pytest.mark.parametrize(("unit", "to"), [("mg/L", "mg/m3"), ("kg", "kg/h"), ("dimensionless", "mg/L")])
def test_what_measures_something_else_is_refused(unit: str, to: str) -> None:
    assert converted(Decimal(1), unit, to) is None


@given(
    st.decimals(min_value=0, max_value=10**18, places=12, allow_nan=False),
    st.sampled_from(UNITS),
    st.sampled_from(UNITS),
)
def test_there_and_back_is_the_same_figure(figure: Decimal, unit: str, to: str) -> None:
    there = converted(figure, unit, to)
    assert there is None or converted(there, to, unit) == figure
    assert there is None or EXACT.compare(there, Decimal(0)) == EXACT.compare(figure, Decimal(0))


@pytest.mark.parametrize(
    ("figure", "does"),
    [("1e-12", True), ("1e-13", False), ("1E+17", True), ("1E+18", False), ("0", True), ("1.10", True)],
)
def test_what_fits_on_the_wire(figure: str, does: bool) -> None:
    assert fits(Decimal(figure)) is does


def stated(**members: str) -> Stated:
    figures = {"concentration_max", "concentration_average", "amount_t", "amount"}
    content = {
        "outlet_code": "DA001",
        "pollutant_code": "a21026",
        "concentration_max": None,
        "concentration_average": None,
        "amount_t": None,
        "method": None,
        "no_data_code": None,
    } | {name: Decimal(each) if name in figures else each for name, each in members.items()}
    return Stated(**content)  # type: ignore[arg-type]


def test_a_line_is_read_in_the_unit_of_its_limit_and_in_tonnes() -> None:
    found, unit = Findings(), Limits([limit()]).units["DA001", "a21026"]
    given_line = stated(
        concentration_max="150000",
        concentration_average="90",
        concentration_unit="ug/m3",
        amount="2500",
        amount_unit="kg",
    )
    value = in_standard_units(found, "/values/0", given_line, unit)
    assert (value.concentration_max, value.concentration_average, value.amount_t) == (
        Decimal(150),
        Decimal("0.09"),
        Decimal("2.5"),
    )
    assert (found.errors, value.amount_named) == ([], "amount")


@pytest.mark.parametrize(
    ("members", "errors"),
    [
        (
            {"concentration_max": "1", "concentration_average": "1", "concentration_unit": "mg/L"},
            [("/values/0/concentration_unit", "unit_incompatible", "排污许可管理条例 第十三条")],
        ),
        ({"amount": "1"}, [("/values/0/amount_unit", "unit_missing", "HJ 944-2018")]),
        (
            {"amount": "1", "amount_unit": "t", "amount_t": "1"},
            [("/values/0/amount", "amount_stated_twice", "HJ 944-2018")],
        ),
        (
            {"amount": "0.0000001", "amount_unit": "g"},
            [("/values/0/amount", "figure_out_of_range", None)],
        ),
    ],
)
def test_what_cannot_be_read_in_standard_units_is_named(
    members: dict[str, str], errors: list[tuple[str, str, str | None]]
) -> None:
    found = Findings()
    in_standard_units(found, "/values/0", stated(**members), "mg/m3")
    assert seen(found) == errors
