"""The forecast of the year's end: worked examples, and what holds for any reports."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.permits.totals.forecast import MONTHS, Period, counted, forecast, tiling, total

QUARTERS = [frozenset(range(first, first + 3)) for first in (1, 4, 7, 10)]


def quarters(*facts: tuple[str, int] | None) -> list[Period]:
    return [
        Period(months, Decimal(fact[0]), fact[1])
        for months, fact in zip(QUARTERS, facts, strict=False)
        if fact is not None
    ]


HEATING = quarters(("8", 90), ("2", 30), ("0", 0), ("10", 90))
"""A heating plant: 20 t in its year, none in summer."""


def test_last_years_shape_at_this_years_level() -> None:
    made = forecast(2026, quarters(("4", 90), ("1", 30)), HEATING)
    assert made is not None
    assert (made.method, made.expected_t, made.missing) == (
        "seasonal",
        Decimal("10.000000"),
        tuple(range(7, 13)),
    )
    assert {each.method: each.amount_t for each in made.estimates} == {
        "seasonal": Decimal(10),  # 5 + 10 × 5 ÷ 10
        "production_days": Decimal("8.75"),  # 5 + 5 ÷ 120 × 90
        "last_year": Decimal(15),  # 5 + 10
    }
    assert (made.low_t, made.high_t) == (Decimal("8.75"), Decimal(15))
    assert made.estimates[0].working == "5 + 10 × 5 ÷ 10 = 10 t"


def test_without_a_last_year_the_calendar_stands_in_for_its_days_of_production() -> None:
    made = forecast(2026, quarters(("9", 45)), [])
    assert made is not None
    assert made.method == "production_days"
    # 90 days of the calendar reported, 45 of production; 275 days are left: 137.5 of production at 0.2 t
    assert made.expected_t == Decimal("36.5")
    assert made.estimates[0].working == "9 + 9 ÷ 45 d × (45 ÷ 90 × 275) d = 36.5 t"


def test_a_year_that_is_reported_in_full_needs_no_forecast() -> None:
    made = forecast(2026, HEATING, [])
    assert made is not None
    assert (made.method, made.expected_t, made.low_t, made.high_t) == ("reported", 20, 20, 20)


def test_an_annual_report_stands_for_its_quarters_and_counts_once() -> None:
    annual = Period(MONTHS, Decimal("19.5"), 210)
    assert counted([*HEATING, annual]) == [annual]
    made = forecast(2026, [*HEATING, annual], [])
    assert made is not None
    assert made.expected_t == Decimal("19.5")


def test_nothing_reported_yet_goes_by_last_year() -> None:
    made = forecast(2026, [], HEATING)
    assert made is not None
    assert (made.method, made.expected_t) == ("last_year", Decimal(20))


def test_with_nothing_at_all_there_is_no_forecast() -> None:
    assert forecast(2026, [], []) is None


def test_a_stopped_plant_is_not_divided_by_its_days() -> None:
    made = forecast(2026, quarters(("0", 0)), [])
    assert made is None  # no day of production to go by, no last year
    made = forecast(2026, quarters(("0", 0)), HEATING)
    assert made is not None
    assert {each.method for each in made.estimates} == {"seasonal", "last_year"}


def test_monthly_reports_tile_what_quarters_do_not() -> None:
    january = Period(frozenset({1}), Decimal(1), 31)
    rest = Period(frozenset({2, 3}), Decimal(2), 59)
    assert tiling(QUARTERS[0], [january, rest]) == [rest, january]
    assert tiling(QUARTERS[0], [january]) is None
    assert tiling(frozenset(), []) == []


@st.composite
def a_year(draw: st.DrawFn) -> list[Period]:
    made = []
    for months in QUARTERS:
        if draw(st.booleans()):
            amount = draw(st.decimals(0, 1000, places=4))
            made.append(Period(months, amount, draw(st.integers(0, 92))))
    if draw(st.booleans()):
        made.append(Period(MONTHS, draw(st.decimals(0, 4000, places=4)), draw(st.integers(0, 365))))
    return made


@given(a_year(), a_year())
def test_the_bounds_hold_the_forecast_and_nothing_reported_is_forgotten(
    now: list[Period], then: list[Period]
) -> None:
    made = forecast(2026, now, then)
    assume(made is not None)
    assert made is not None
    so_far = total(counted(now))
    assert so_far <= made.low_t <= made.expected_t <= made.high_t
    if not made.missing:
        assert made.expected_t == so_far
    for each in made.estimates:
        assert made.low_t <= each.amount_t <= made.high_t


@given(a_year(), a_year(), st.integers(2, 9))
def test_twice_the_figures_are_twice_the_forecast(now: list[Period], then: list[Period], k: int) -> None:
    one = forecast(2026, now, then)
    more = [[replace(each, amount_t=each.amount_t * k) for each in year] for year in (now, then)]
    many = forecast(2026, *more)
    assert (one is None) == (many is None)
    if one is not None and many is not None:
        assert one.method == many.method
        assert many.expected_t == pytest.approx(one.expected_t * k, abs=Decimal("0.00001"))


@given(a_year(), a_year())
def test_months_are_reported_or_missing_never_both(now: list[Period], then: list[Period]) -> None:
    chosen = counted(now)
    assert sum(len(each.months) for each in chosen) == len(frozenset().union(*(c.months for c in chosen)))
    made = forecast(2026, now, then)
    if made is not None:
        assert set(made.missing) == MONTHS - frozenset().union(*(each.months for each in chosen))
