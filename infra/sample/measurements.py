"""What a plant really emitted in a quarter; reports are told from these facts.

An amount is the average concentration times flow and hours of running; a year is the sum of its quarters.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_UP, Decimal
from random import Random

from infra.sample.draws import chance, draw, stream
from infra.sample.permits import CONCENTRATION, Plant, pollutants, tonnes
from infra.sample.specs import OutletSpec, PollutantSpec
from infra.sample.types import NoDataCode

_STOPS = 25  # per thousand quarters without another reason
_EXCEEDS = 14  # per thousand values of a quarter: with the years made of them about 3 % of reported values
_FAILS = 10  # per thousand values of an automatic analyser


@dataclass(frozen=True, slots=True)
class Fact:
    """One pollutant at one outlet in one quarter; with `hidden` it was emitted but could not be reported."""

    maximum: Decimal
    average: Decimal
    amount: Decimal
    hidden: NoDataCode | None


@dataclass(frozen=True, slots=True)
class Quarter:
    """A quarter of a plant: `facts` in the order of `pollutants`, none in a quarter at rest."""

    days: int
    rest: NoDataCode
    facts: tuple[Fact, ...]


def measure(plant: Plant, year: int, number: int, *, seed: int) -> Quarter:
    """The quarter's facts, the same whatever else is generated."""
    permit, industry = plant.permit, plant.industry
    rng = stream(seed, "quarter", permit.permit_number, year, number)
    season = industry.season[number - 1]
    if not season or (not industry.essential and chance(rng, _STOPS)):
        return Quarter(0, "stopped_production" if season else industry.rest, ())
    days = season - rng.randint(0, season // 12)
    running = days * industry.hours_per_day * draw(rng, "0.85", "1.00")
    facts = []
    for spec, outlet, pollutant, flow in pollutants(plant):
        usual = draw(
            stream(seed, "level", permit.permit_number, outlet.code, pollutant.code), "0.300", "0.650"
        )
        average, maximum = _concentrations(rng, pollutant, usual)
        amount = tonnes(spec.medium, flow * running, average)
        hidden = _hidden(rng, plant, spec, pollutant, number)
        facts.append(Fact(maximum, average, amount, hidden))
    return Quarter(days, industry.rest, tuple(facts))


def _concentrations(rng: Random, pollutant: PollutantSpec, usual: Decimal) -> tuple[Decimal, Decimal]:
    """Average and highest; below the limit unless it is one of the few that exceed it by 5 to 60 %."""
    step = Decimal(1) if pollutant.dimensionless else CONCENTRATION
    average = (pollutant.limit * usual * draw(rng, "0.850", "1.150")).quantize(step)
    if chance(rng, _EXCEEDS):
        maximum = (pollutant.limit * draw(rng, "1.050", "1.600")).quantize(step, ROUND_UP)
    else:
        maximum = (average * draw(rng, "1.050", "1.250")).quantize(step, ROUND_UP)
    return average.quantize(CONCENTRATION), maximum.quantize(CONCENTRATION)


def _hidden(
    rng: Random, plant: Plant, spec: OutletSpec, pollutant: PollutantSpec, number: int
) -> NoDataCode | None:
    if spec.half_yearly and number in (1, 3):
        return "not_required"
    if measured_automatically(plant, spec, pollutant) and chance(rng, _FAILS):
        return "equipment_failure"
    return None


def measured_automatically(plant: Plant, spec: OutletSpec, pollutant: PollutantSpec) -> bool:
    return plant.automatic_monitoring and spec.kind == "main" and pollutant.automatic
