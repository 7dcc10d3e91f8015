"""Amounts and how they were worked out, over the wire."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from services.kit.schemas import Computed, Exact, Flag, Schema, ShortText
from services.permits.fuels.schemas import FuelFactNamed
from services.permits.permits.schemas import Medium

Method = Literal["automatic", "manual", "balance", "coefficient"]
MOST_POINTS = 9000
"""A year of hours, and some."""
Above = Annotated[Exact, Field(gt=Decimal(0))]


class PointContent(Schema):
    """A mean concentration with its flow, for so many hours (air) or days (water)."""

    concentration: Exact = Field(
        description="mg/m3 measured, dry, standard state, not converted to O2; mg/L of water"
    )
    flow: Exact = Field(description="m3/h of gas at standard state, m3/d of water")
    count: Exact = Field(default=Decimal(1), description="hours (air) or days (water) with these means")
    substituted: Flag = Field(default=False, description="stands in for missing data (HJ 75)")


class AutomaticContent(Schema):
    """Automatic data: what was owed, and what there is."""

    due: Above = Field(description="hours (air) or days (water) for which data are owed")
    points: list[PointContent] = Field(min_length=1, max_length=MOST_POINTS)


class BalanceContent(Schema):
    """SO2 from the sulphur in fuel: 2 × B × S × k × (1 − η)."""

    fuel_t: Exact
    sulphur: Exact = Field(description="share of sulphur in the fuel, 0 to 1")
    conversion: Exact = Field(
        description="share of the sulphur that becomes SO2, 0 to 1; from the specification"
    )
    efficiency: Exact = Field(description="share that treatment takes away, 0 to 1")
    fuel_facts: list[FuelFactNamed] | None = Field(
        default=None,
        min_length=1,
        max_length=400,
        description="能源消耗记录 that `fuel_t` and `sulphur` are taken from; checked where a report states them",
    )


class CoefficientContent(Schema):
    """Activity × factor × (1 − η) × 10⁻³."""

    activity: Exact = Field(description="product or fuel, in the unit of the factor")
    activity_unit: ShortText
    factor_kg: Exact = Field(description="kg of the pollutant for each unit of activity")
    factor_source: ShortText = Field(description="where the factor is taken from")
    efficiency: Exact = Field(default=Decimal(0), description="share that treatment takes away, 0 to 1")


class AbnormalContent(PointContent):
    """What was discharged over limits or in an abnormal state and is in none of the other data; it is added."""

    reason: ShortText


class CalculationContent(Schema):
    """What an amount is worked out from. Of several means the law's first usable one counts."""

    automatic: AutomaticContent | None = None
    manual: list[PointContent] | None = Field(default=None, min_length=1, max_length=MOST_POINTS)
    balance: BalanceContent | None = None
    coefficient: CoefficientContent | None = None
    abnormal: list[AbnormalContent] = Field(default_factory=list, max_length=1000)


class AmountCreate(CalculationContent):
    """A calculation to be made; nothing is saved."""

    medium: Medium


class StepRead(Schema):
    """One line for a calculator: what to type, and what must come out."""

    text: str
    result: Computed
    unit: str


class CalculationRead(Schema):
    """One way to the amount."""

    method: str
    formula: str
    article: str = Field(description="where the formula is from")
    steps: list[StepRead]
    amount_t: Computed


class AmountRead(Schema):
    """The amount, and how it was worked out."""

    method: Method
    amount_t: Computed
    article: str = Field(description="which means comes first")
    chosen: CalculationRead
    added: CalculationRead | None = Field(description="abnormal discharges (条例 art. 21)")
    others: list[CalculationRead] = Field(description="by the other means that were given, for comparison")
    missing: Computed | None = Field(description="share of the automatic data that is missing, 0 to 1")
    automatic_unusable: bool = Field(description="more than a quarter is missing")
