"""One fact, stated once: each rule of a fuel fact by its article."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.findings import Findings
from services.permits.fuels.facts import FuelFact
from services.permits.fuels.kinds import SHIPPED, FuelsError, load
from services.permits.fuels.rules import (
    Basis,
    Span,
    check_basis,
    check_fuel,
    check_heat,
    check_period,
    check_stated_once,
    weighted,
)

TODAY = date(2026, 11, 26)
START = date(2025, 1, 1)


def codes(found: Findings) -> list[str]:
    return [error.code for error in found.errors]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (START, date(2025, 3, 31), []),
        (START, START, []),
        (date(2025, 4, 1), date(2025, 3, 31), ["validity_reversed"]),
        (date(2025, 12, 1), date(2026, 1, 31), ["period_of_two_years"]),
        (date(2026, 10, 1), TODAY, ["period_not_over"]),
    ],
)
def test_carbon_regulation_11_a_fact_is_of_one_year_and_of_days_that_are_over(
    start: date, end: date, expected: list[str]
) -> None:
    found = Findings()
    check_period(found, start=start, end=end, today=TODAY)
    assert codes(found) == expected


@pytest.mark.parametrize(
    ("unit", "heat", "carbon", "expected"),
    [
        ("t", "20.908", "0.02618", []),
        ("t", "20908", "26.18", ["heat_implausible", "carbon_implausible"]),
        ("10^4 m3", "389.31", None, []),
        ("10^4 m3", "38931", None, ["heat_implausible"]),
        (None, "5000", None, []),
    ],
)
def test_carbon_regulation_11_what_was_measured_of_a_fuel_is_in_the_unit_that_is_asked_for(
    unit: str | None, heat: str, carbon: str | None, expected: list[str]
) -> None:
    found = Findings()
    check_heat(found, unit, heat=Decimal(heat), carbon=Decimal(carbon) if carbon else None)
    assert codes(found) == expected


@pytest.mark.parametrize(
    ("fuel", "sulphur", "expected"),
    [
        ("lignite", "1.2", []),
        ("lignite", "15.1", ["sulphur_implausible"]),
        ("natural_gas", "0.1", ["sulphur_superfluous"]),
        ("natural_gas", None, []),
        ("dung", None, ["fuel_unknown"]),
    ],
)
def test_regulation_21_a_fuel_of_the_list_with_its_sulphur(
    fuel: str, sulphur: str | None, expected: list[str]
) -> None:
    found, known = Findings(), load()
    has_sulphur = fuel in known and known[fuel].sulphur
    check_fuel(found, fuel, known, has_sulphur=has_sulphur, sulphur=Decimal(sulphur) if sulphur else None)
    assert codes(found) == expected


days = st.integers(0, 400).map(lambda after: START + timedelta(days=after))
spans = st.builds(
    lambda outlet, one, other: Span(outlet, min(one, other), max(one, other)),
    st.sampled_from([None, "DA001", "DA002"]),
    days,
    days,
)


@given(spans, spans)
def test_two_spans_overlap_both_ways_or_not_at_all(one: Span, other: Span) -> None:
    assert one.overlaps(other) == other.overlaps(one)
    assert one.overlaps(one)
    together = {one.outlet_code, other.outlet_code}
    if len(together - {None}) == 2:
        assert not one.overlaps(other)


@given(st.lists(spans, max_size=12))
def test_of_facts_that_passed_no_day_is_counted_twice(tried: list[Span]) -> None:
    kept: list[Span] = []
    for span in tried:
        found = Findings()
        check_stated_once(found, span, kept)
        if not found.errors:
            kept.append(span)
    for day in range(401):
        on = START + timedelta(days=day)
        holding = [span.outlet_code for span in kept if span.start <= on <= span.end]
        assert len(holding) == len(set(holding))
        assert None not in holding or len(holding) == 1


def test_a_file_of_fuels_that_is_not_in_its_form_is_refused(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("fuels") / "fuels.toml"
    path.write_text(SHIPPED.read_text(encoding="utf-8").replace('"MWh"', '"度"'), encoding="utf-8")
    with pytest.raises(FuelsError, match="electricity_bought"):
        load(path)


def coal(number: int, quantity: str, sulphur: str | None, **changes: Any) -> FuelFact:
    fact = FuelFact(
        fact_id=UUID(int=number),
        version=2,
        permit_number="P",
        uscc="U",
        fuel="lignite",
        kind="fuel",
        outlet_code=None,
        period_start=START,
        period_end=date(2025, 3, 31),
        quantity=Decimal(quantity),
        unit="t",
        sulphur_percent=Decimal(sulphur) if sulphur else None,
        net_calorific_value=None,
        carbon_content=None,
        source_document="台账",
    )
    return replace(fact, **changes)


FACTS = {
    fact.fact_id: fact
    for fact in (
        coal(1, "1000", "0.6"),
        coal(2, "500", "0.9"),
        coal(3, "10", "0.5", outlet_code="DA002"),
        coal(4, "10", None, unit="10^4 m3"),
    )
}


def basis(*named: tuple[int, int], fuel: str = "1500", sulphur: str = "0.007") -> list[str]:
    stated = Basis(
        Decimal(fuel), Decimal(sulphur), "DA001", tuple((UUID(int=fact), version) for fact, version in named)
    )
    found = Findings()
    check_basis(found, "/balance", stated, FACTS)
    return codes(found)


def test_sulphur_is_weighted_by_mass() -> None:
    assert weighted([FACTS[UUID(int=1)], FACTS[UUID(int=2)]]) == (Decimal(1500), Decimal("0.00700000"))
    assert weighted([FACTS[UUID(int=1)], FACTS[UUID(int=4)]]) == (Decimal(1010), None)
    assert weighted([]) == (Decimal(0), None)


def test_regulation_21_a_balance_agrees_with_the_facts_that_it_names() -> None:
    assert basis((1, 2), (2, 2)) == []
    assert basis((1, 2), (2, 2), sulphur="0.00705") == []  # rounding
    assert basis((1, 2), (2, 2), fuel="1499") == ["fuel_differs_from_facts"]
    assert basis((1, 2), (2, 2), sulphur="0.7") == ["sulphur_differs_from_facts"]  # a per cent for a share


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ([(1, 1), (2, 2)], ["fact_superseded"]),
        ([(1, 2), (9, 1)], ["fact_unknown"]),
        ([(1, 2), (3, 2)], ["fact_unknown"]),
        ([(1, 2), (4, 2)], ["fact_not_in_tonnes"]),
        ([(1, 2), (1, 2)], ["fact_repeated"]),
    ],
)
def test_regulation_22_a_report_rests_on_facts_of_its_own_in_their_newest_version(
    named: list[tuple[int, int]], expected: list[str]
) -> None:
    assert basis(*named) == expected
