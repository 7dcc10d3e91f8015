"""The sheet of a greenhouse-gas report: every sum written down as on a pocket calculator. Pure: no clock, no database.

Sources: 碳排放权交易管理暂行条例 art. 11 (amount, facilities and method are stated and disclosed); the guidelines of
accounting (核算方法与报告指南, from memory): combustion FC × NCV × CC × OF × 44/12, bought energy times its factor,
other gases times their warming potential. A line is rounded half up to two places (t) when it is complete, and the
total is the sum of the rounded lines, so that whoever adds them up gets what is printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from services.permits.fuels.facts import FuelFact
from services.permits.greenhouse.factors import Bought, Combustion, Factors, Warming, in_year

FORMULA_COMBUSTION = "FC × NCV × CC × OF × 44/12"
FORMULA_BOUGHT = "AD × EF"
FORMULA_OTHER = "m × GWP"
PLACES = Decimal("0.01")
CARBON_TO_CO2 = (Decimal(44), Decimal(12))
_EXACT = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Used:
    """One figure of a line: what, how much, in which unit, from where."""

    name: str
    value: Decimal
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class OtherGas:
    """A gas that was not burnt: so many tonnes from one process."""

    gas: str
    quantity_t: Decimal
    process: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sheet; `fact_id` and `version` name the fuel fact it rests on, where it rests on one.

    `amount` is None where a factor is missing: then `missing` names it. `counted` is false where it is shown only.
    """

    scope: str
    about: str
    formula: str
    inputs: tuple[Used, ...]
    working: str
    amount: Decimal | None
    fact: FuelFact | None = None
    missing: str | None = None
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """All lines with their sums, tCO2e."""

    year: int
    lines: tuple[Line, ...]
    combustion: Decimal
    other: Decimal
    electricity: Decimal
    heat: Decimal

    @property
    def total(self) -> Decimal:
        return self.combustion + self.other + self.electricity + self.heat

    @property
    def missing(self) -> tuple[str, ...]:
        """What no factor is known for: as long as there is any, the sheet has no right total."""
        return tuple(line.missing for line in self.lines if line.missing)


def sheet(year: int, facts: Sequence[FuelFact], others: Sequence[OtherGas], factors: Factors) -> Sheet:
    """碳交易条例 art. 11: the year's emissions from the fuel facts and the other gases, by the factors of that year."""
    lines = [_of_fact(year, fact, factors) for fact in facts]
    lines += [_of_gas(year, other, factors) for other in others]
    sums = {scope: _sum(lines, scope) for scope in ("combustion", "other", "electricity", "heat")}
    return Sheet(year, tuple(lines), **sums)


def _sum(lines: Sequence[Line], scope: str) -> Decimal:
    amounts = [
        each.amount for each in lines if each.scope == scope and each.counted and each.amount is not None
    ]
    return sum(amounts, Decimal(0).quantize(PLACES))


def _of_fact(year: int, fact: FuelFact, factors: Factors) -> Line:
    if fact.kind != "fuel":
        return _bought(fact, in_year(factors.bought, fact.fuel, year))
    left_out = next((each for each in factors.not_counted if each.fuel == fact.fuel), None)
    if left_out is not None:
        inputs = (_quantity("FC", fact),)
        return Line("combustion", fact.fuel, left_out.note, inputs, "", None, fact, counted=False)
    return _burnt(fact, in_year(factors.combustion, fact.fuel, year))


def _burnt(fact: FuelFact, default: Combustion | None) -> Line:
    quantity = _quantity("FC", fact)
    if default is None:
        return Line("combustion", fact.fuel, FORMULA_COMBUSTION, (quantity,), "", None, fact, fact.fuel)
    inputs = (
        quantity,
        _measured("NCV", fact.net_calorific_value, default.ncv, f"GJ/{fact.unit}", fact, default),
        _measured("CC", fact.carbon_content, default.cc, "tC/GJ", fact, default),
        Used("OF", default.of, "1", default.note),
    )
    over, under = CARBON_TO_CO2
    amount = _rounded(_EXACT.divide(_EXACT.multiply(_product(inputs), over), under))
    working = f"{_written(inputs)} × 44 ÷ 12 = {plain(amount)} tCO2"
    return Line("combustion", fact.fuel, FORMULA_COMBUSTION, inputs, working, amount, fact)


def _measured(
    name: str, measured: Decimal | None, default: Decimal, unit: str, fact: FuelFact, factor: Combustion
) -> Used:
    """What was measured goes before the default of the year."""
    if measured is not None:
        return Used(name, measured, unit, fact.source_document)
    return Used(name, default, unit, factor.note)


def _bought(fact: FuelFact, factor: Bought | None) -> Line:
    quantity = _quantity("AD", fact)
    if factor is None:
        return Line(fact.kind, fact.fuel, FORMULA_BOUGHT, (quantity,), "", None, fact, fact.fuel)
    inputs = (quantity, Used("EF", factor.factor, f"tCO2/{fact.unit}", factor.note))
    amount = _rounded(_product(inputs))
    working = f"{_written(inputs)} = {plain(amount)} tCO2"
    return Line(fact.kind, fact.fuel, FORMULA_BOUGHT, inputs, working, amount, fact)


def _of_gas(year: int, other: OtherGas, factors: Factors) -> Line:
    quantity = Used("m", other.quantity_t, "t", other.process)
    factor: Warming | None = in_year(factors.gwp, other.gas, year)
    if factor is None:
        return Line("other", other.gas, FORMULA_OTHER, (quantity,), "", None, missing=other.gas)
    inputs = (quantity, Used("GWP", factor.factor, "tCO2e/t", factor.note))
    amount = _rounded(_product(inputs))
    working = f"{_written(inputs)} = {plain(amount)} tCO2e"
    return Line("other", other.gas, FORMULA_OTHER, inputs, working, amount)


def _quantity(name: str, fact: FuelFact) -> Used:
    return Used(name, fact.quantity, fact.unit, fact.source_document)


def _product(inputs: Sequence[Used]) -> Decimal:
    product = Decimal(1)
    for each in inputs:
        product = _EXACT.multiply(product, each.value)
    return product


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(PLACES, ROUND_HALF_UP, _EXACT)


def _written(inputs: Sequence[Used]) -> str:
    return " × ".join(plain(each.value) for each in inputs)


def plain(value: Decimal) -> str:
    """A figure as it is written down: no exponent, places as given."""
    return format(value, "f")
