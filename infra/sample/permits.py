"""The permits: numbers, validity, outlets and limits. Annual amounts are licensed for main outlets only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from infra.sample.draws import draw, stream
from infra.sample.enterprises import Holder
from infra.sample.specs import Industry, OutletSpec, PollutantSpec
from infra.sample.types import LimitKind, Medium, SampleLimit, SampleOutlet, SamplePermit, Unit
from services.kit.anniversaries import anniversary, last_day_of_years

CONCENTRATION = Decimal("0.01")
AMOUNT = Decimal("0.0001")
_TONNES = {"air": Decimal("1e-9"), "water": Decimal("1e-6")}
_LETTERS = "PQRUV"  # position 22, 特别标识码: not a check character
_CONCENTRATIONS: dict[Medium, tuple[LimitKind, Unit]] = {
    "air": ("hourly_concentration", "mg/m3"),
    "water": ("daily_concentration", "mg/L"),
}


@dataclass(frozen=True, slots=True)
class Plant:
    """A permit with what the generator knows besides: `flows` in Nm3/h or m3/h, one for each outlet."""

    permit: SamplePermit
    industry: Industry
    flows: tuple[Decimal, ...]
    automatic_monitoring: bool


def tonnes(medium: Medium, volume: Decimal, concentration: Decimal) -> Decimal:
    """E = Q x C x 10^-9 t for air (Nm3, mg/Nm3), Q x C x 10^-6 t for water (m3, mg/L), to 0.0001 t."""
    return (volume * concentration * _TONNES[medium]).quantize(AMOUNT)


def make_plant(holder: Holder, as_of: date, *, seed: int, index: int) -> Plant:
    """The permit of one enterprise, in force since before the oldest reported period and still at `as_of`."""
    enterprise, industry = holder.enterprise, holder.industry
    rng = stream(seed, "permit", enterprise.uscc)
    number = f"{enterprise.uscc}001{rng.choice(_LETTERS)}"
    flows = tuple(
        (spec.flow * draw(rng, "0.75", "1.25")).quantize(CONCENTRATION) for spec in industry.outlets
    )
    valid_from = anniversary(as_of, -3) - timedelta(days=_days_before(rng, index))
    permit = SamplePermit(
        permit_number=number,
        enterprise_uscc=enterprise.uscc,
        site_serial="001",
        management_class=industry.management_class,
        industry_code=industry.industry_code,
        site_name=f"{holder.trade_name}{industry.site_word}",
        site_region_code=industry.site_region_code,
        valid_from=valid_from,
        valid_to=last_day_of_years(valid_from, 5),
        issued_on=valid_from - timedelta(days=rng.randint(0, 9)),
        outlets=_outlets(industry, flows, valid_from),
        reports=("quarterly", "annual") if industry.management_class == "key" else ("annual",),
        quarterly_due_day=15,
        annual_due_month=1,
        annual_due_day=31,
    )
    return Plant(permit, industry, flows, enterprise.automatic_monitoring)


def pollutants(plant: Plant) -> list[tuple[OutletSpec, SampleOutlet, PollutantSpec, Decimal]]:
    """Every outlet and pollutant of the permit with the outlet's flow, in the order of its reports."""
    outlets = zip(plant.industry.outlets, plant.permit.outlets, plant.flows, strict=True)
    return [
        (spec, outlet, pollutant, flow) for spec, outlet, flow in outlets for pollutant in spec.pollutants
    ]


def _days_before(rng: Random, index: int) -> int:
    """How long before the third year back the permit began; every twelfth expires within two months.

    The first ones, which demonstrations use, have a year and a half left.
    """
    if index < 2:
        return rng.randint(40, 180)
    return rng.randint(675, 700) if index % 12 == 0 else rng.randint(40, 660)


def _outlets(industry: Industry, flows: tuple[Decimal, ...], valid_from: date) -> tuple[SampleOutlet, ...]:
    numbers = {"air": 0, "water": 0}
    outlets = []
    for spec, flow in zip(industry.outlets, flows, strict=True):
        numbers[spec.medium] += 1
        code = f"D{'A' if spec.medium == 'air' else 'W'}{numbers[spec.medium]:03d}"
        hours = sum(industry.season) * industry.hours_per_day
        limits = [
            limit
            for pollutant in spec.pollutants
            for limit in _limits(spec, pollutant, yearly_flow=flow * hours, valid_from=valid_from)
        ]
        outlets.append(SampleOutlet(code, spec.name, spec.medium, spec.kind, tuple(limits)))
    return tuple(outlets)


def _limits(
    spec: OutletSpec, pollutant: PollutantSpec, *, yearly_flow: Decimal, valid_from: date
) -> list[SampleLimit]:
    kind, unit = _CONCENTRATIONS[spec.medium]
    concentration = SampleLimit(
        pollutant.code,
        pollutant.name,
        kind,
        pollutant.limit,
        "dimensionless" if pollutant.dimensionless else unit,
        valid_from,
        None,
        pollutant.standard,
    )
    if spec.kind == "general" or pollutant.dimensionless:
        return [concentration]
    amount = tonnes(spec.medium, yearly_flow, pollutant.limit)
    annual = SampleLimit(
        pollutant.code, pollutant.name, "annual_amount", amount, "t/a", valid_from, None, pollutant.standard
    )
    return [concentration, annual]
