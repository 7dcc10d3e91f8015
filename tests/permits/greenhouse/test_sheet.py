"""The sheet of a greenhouse-gas report: sums that a pocket calculator confirms, factors by year, properties."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.permits.fuels.facts import FuelFact
from services.permits.fuels.kinds import load as fuels
from services.permits.greenhouse.factors import SHIPPED, FactorsError, load
from services.permits.greenhouse.sheet import OtherGas, sheet

FACTORS = load()


def burnt(fuel: str, quantity: str, **changes: Any) -> FuelFact:
    known = fuels()[fuel]
    fact = FuelFact(
        fact_id=uuid.UUID(int=1),
        version=1,
        permit_number="P",
        uscc="U",
        fuel=fuel,
        kind=known.kind,
        outlet_code=None,
        period_start=date(2025, 1, 1),
        period_end=date(2025, 12, 31),
        quantity=Decimal(quantity),
        unit=known.unit,
        sulphur_percent=None,
        net_calorific_value=None,
        carbon_content=None,
        source_document="台账",
    )
    return replace(fact, **changes)


def test_carbon_regulation_11_combustion_is_fc_ncv_cc_of_44_12() -> None:
    (line,) = sheet(2025, [burnt("bituminous_coal", "10000")], (), FACTORS).lines
    # 10000 × 19.570 × 0.02618 × 0.93 × 44 ÷ 12
    assert line.amount == Decimal("17470.88")
    assert line.formula == "FC × NCV × CC × OF × 44/12"
    assert line.working == "10000 × 19.570 × 0.02618 × 0.93 × 44 ÷ 12 = 17470.88 tCO2"


def test_what_was_measured_goes_before_the_default_of_the_year() -> None:
    fact = burnt("lignite", "100", net_calorific_value=Decimal("12.5"), carbon_content=Decimal("0.03"))
    (line,) = sheet(2025, [fact], (), FACTORS).lines
    assert line.amount == Decimal("132.00")  # 100 × 12.5 × 0.03 × 0.96 × 44 ÷ 12
    assert [each.source for each in line.inputs[:3]] == ["台账"] * 3


@pytest.mark.parametrize(("year", "amount"), [(2022, "570.30"), (2023, "536.60"), (2025, "536.60")])
def test_the_grid_factor_is_that_of_the_year(year: int, amount: str) -> None:
    made = sheet(year, [burnt("electricity_bought", "1000")], (), FACTORS)
    assert (made.electricity, made.total) == (Decimal(amount), Decimal(amount))


def test_a_year_without_a_factor_is_named_and_never_a_zero() -> None:
    made = sheet(2021, [burnt("electricity_bought", "1000")], (), FACTORS)
    assert made.missing == ("electricity_bought",)
    assert made.lines[0].amount is None


def test_other_gases_go_by_their_warming_potential_and_biomass_is_shown_only() -> None:
    others = [OtherGas("ch4", Decimal("2.5"), "污水厌氧处理"), OtherGas("xyz", Decimal(1), "?")]
    made = sheet(2025, [burnt("biomass", "500")], others, FACTORS)
    assert [line.amount for line in made.lines] == [None, Decimal("69.75"), None]
    assert (made.total, made.missing) == (Decimal("69.75"), ("xyz",))
    assert made.lines[0].counted is False


facts = st.lists(
    st.builds(
        burnt,
        st.sampled_from(["bituminous_coal", "natural_gas", "diesel", "electricity_bought", "heat_bought"]),
        st.decimals(0, 10**7, places=3).map(str),
    ),
    max_size=8,
)


@given(facts)
def test_the_total_is_the_sum_of_the_lines_as_they_are_printed(burning: list[FuelFact]) -> None:
    made = sheet(2025, burning, (), FACTORS)
    assert made.total == sum((line.amount or 0 for line in made.lines), Decimal(0))
    assert made.total == made.combustion + made.other + made.electricity + made.heat
    assert all(line.amount is not None and line.amount >= 0 for line in made.lines)


@given(facts, st.data())
def test_more_fuel_is_never_less_gas(burning: list[FuelFact], data: st.DataObject) -> None:
    if burning:
        at = data.draw(st.integers(0, len(burning) - 1))
        more = [*burning]
        more[at] = replace(more[at], quantity=more[at].quantity + 1)
        assert sheet(2025, more, (), FACTORS).total >= sheet(2025, burning, (), FACTORS).total


@given(facts, st.randoms(use_true_random=False))
def test_the_order_of_the_facts_makes_no_difference(burning: list[FuelFact], random: Any) -> None:
    shuffled = [*burning]
    random.shuffle(shuffled)
    assert sheet(2025, shuffled, (), FACTORS).total == sheet(2025, burning, (), FACTORS).total


def test_every_fuel_of_the_list_has_a_factor_today() -> None:
    every = [burnt(name, "1") for name in fuels()]
    assert sheet(2025, every, (), FACTORS).missing == ()


@pytest.mark.parametrize(
    "change",
    [
        ("records_years = 5", "records_years = 4"),
        ('of = "0.94"', 'of = "1.1"'),
        ('factor = "0.5703"', 'factor = "-1"'),
        ("due_month = 3", "due_month = 13"),
        ("[reporting]", "[reportin]"),
    ],
)
def test_a_file_of_factors_that_is_not_in_its_form_is_refused(
    tmp_path: Path, change: tuple[str, str]
) -> None:
    path = tmp_path / "factors.toml"
    path.write_text(SHIPPED.read_text(encoding="utf-8").replace(*change, 1), encoding="utf-8")
    with pytest.raises(FactorsError):
        load(path)
