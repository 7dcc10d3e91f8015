"""Fuel facts over the wire."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from services.kit.identifiers.types import OutletCode, PermitNumber
from services.kit.schemas import Computed, Exact, Id, LongText, Moment, Schema, ShortText, Whole
from services.permits.permits.schemas import PermitDay

FuelName = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9_]{1,30}$",
        examples=["bituminous_coal"],
        description="a name of `GET /v1/permits/fuels/kinds`",
    ),
]
FuelUnit = Literal["t", "10^4 m3", "MWh", "GJ"]
_Figure = Annotated[Exact, Field(gt=Decimal(0), le=Decimal(10**6))]


class FuelKind(Schema):
    """A fuel, or a bought energy, and the unit of its quantities."""

    name: str
    zh: str
    en: str
    kind: Literal["fuel", "electricity", "heat"]
    unit: FuelUnit
    sulphur: bool = Field(description="whether its sulphur content belongs to the fact")


class FuelKinds(Schema):
    """The fuels that are known."""

    items: list[FuelKind]


class FuelAmount(Schema):
    """How much, by which document, and what was measured of it."""

    quantity: Annotated[Exact, Field(ge=Decimal(0), le=Decimal(10**12), description="in the fuel's unit")]
    sulphur_percent: Annotated[Exact, Field(ge=Decimal(0))] | None = Field(
        default=None, description="收到基硫分, per cent, as measured"
    )
    net_calorific_value: _Figure | None = Field(
        default=None, description="低位发热量, GJ per unit, as measured; none: the default of the year"
    )
    carbon_content: _Figure | None = Field(
        default=None, description="单位热值含碳量, tC/GJ, as measured; none: the default of the year"
    )
    source_document: ShortText = Field(description="数据来源: invoice, ledger page, meter")


class FuelFactCreate(FuelAmount):
    """What was burnt or bought in a period."""

    permit_number: PermitNumber
    fuel: FuelName
    outlet_code: OutletCode | None = Field(
        default=None, description="of the combustion units of this outlet; none: of the whole site"
    )
    period_start: PermitDay
    period_end: PermitDay


class FuelFactCorrection(FuelAmount):
    """A corrected version; the old one stays."""

    corrects_version: Whole = Field(ge=1, lt=2**31)
    reason: LongText


class FuelFactVersionRead(Schema):
    """A fuel fact as it was stated at one time."""

    version: int
    quantity: Exact
    unit: FuelUnit
    sulphur_percent: Exact | None
    net_calorific_value: Exact | None
    carbon_content: Exact | None
    source_document: str
    reason: str | None
    recorded_at: Moment


class FuelFactRead(Schema):
    """A fuel fact in its newest version."""

    id: uuid.UUID
    permit_number: str
    uscc: str
    fuel: str
    outlet_code: str | None
    period_start: date
    period_end: date
    version: int
    newest: FuelFactVersionRead


class FuelFactHistory(FuelFactRead):
    """A fuel fact with every version, oldest first."""

    versions: list[FuelFactVersionRead]


class FuelFactNamed(Schema):
    """A fuel fact in the version that was read."""

    fact_id: Id
    version: Whole = Field(ge=1, lt=2**31)


class FuelFactNewer(Schema):
    """A fuel fact that was corrected since the report that uses it was signed."""

    fact_id: uuid.UUID
    used_version: int
    newest_version: int


class FuelBasis(Schema):
    """What a material balance of SO2 rests on: put it into `calculation.balance` of a report's line."""

    permit_number: str
    period_start: date
    period_end: date
    fuel_t: Computed
    sulphur: Computed | None = Field(description="share, weighted by mass; null: a fact states no sulphur")
    fuel_facts: list[FuelFactNamed]
