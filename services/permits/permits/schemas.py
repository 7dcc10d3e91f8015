"""Permits over the wire."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from services.kit.identifiers.types import IndustryCode, OutletCode, PermitNumber
from services.kit.schemas import Day, Exact, Flag, Moment, Schema, ShortText, Whole
from services.permits.endings.rules import Standing

PollutantCode = Annotated[
    str, Field(pattern=r"^[a-z]\d{5}$", description="HJ 212-2017 code, such as a21026 (SO2), w01018 (COD)")
]
LimitKind = Literal["hourly_concentration", "daily_concentration", "annual_amount"]
Unit = Literal["mg/m3", "mg/L", "t/a", "dimensionless"]
Positive = Annotated[Exact, Field(gt=Decimal(0))]
PermitDay = Annotated[Day, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
Medium = Literal["air", "water"]
OutletKind = Literal["main", "general"]


class LimitContent(Schema):
    """One permitted value and the days on which it holds."""

    pollutant_code: PollutantCode
    pollutant_name: ShortText
    kind: LimitKind = Field(description="小时浓度, 日均浓度 or 年排放量")
    value: Positive
    unit: Unit
    valid_from: PermitDay
    valid_to: PermitDay | None = Field(
        default=None, description="last day, included; null while the permit holds"
    )
    standard: ShortText = Field(description="the standard the value is taken from")


class OutletContent(Schema):
    """One outlet with its limits."""

    code: OutletCode
    name: ShortText
    medium: Medium
    kind: OutletKind = Field(description="主要排放口 main or 一般排放口 general")
    limits: list[LimitContent] = Field(max_length=200)


class ReportingDuties(Schema):
    """Which execution reports the permit asks for, and when they are due (a permit says so itself)."""

    quarterly: Flag = False
    annual: Flag = True
    quarterly_due_day: Whole = Field(
        default=15, ge=1, le=28, description="day of the month after the quarter"
    )
    annual_due_month: Whole = Field(default=1, ge=1, le=6)
    annual_due_day: Whole = Field(default=31, ge=1, le=31)
    quarterly_from: Day | None = Field(
        default=None, description="the first quarter kept here starts on or after this day"
    )
    annual_from: Day | None = Field(
        default=None, description="the first year kept here starts on or after this day"
    )
    monthly: Flag = False
    half_yearly: Flag = False
    monthly_due_day: Whole = Field(default=15, ge=1, le=28, description="day of the month after")
    half_yearly_due_day: Whole = Field(default=15, ge=1, le=31, description="day of July, and of January")
    monthly_from: Day | None = None
    half_yearly_from: Day | None = None
    merge_upward: Flag = Field(
        default=False,
        description="the report of a quarter's last month is part of the quarterly one, that of the fourth quarter of "
        "the annual one (HJ 944-2018)",
    )


class PermitCreate(Schema):
    """A permit as it was issued on the national platform, which makes its number (条例 art. 12)."""

    permit_number: PermitNumber
    site_name: ShortText
    management_class: Literal["key", "simplified"]
    industry_code: IndustryCode
    valid_from: PermitDay
    valid_to: PermitDay
    issued_on: PermitDay
    reporting: ReportingDuties
    outlets: list[OutletContent] = Field(min_length=1, max_length=200)


class OutletRead(OutletContent):
    """One outlet as the permit version has it."""


class PermitRead(Schema):
    """A permit in one version."""

    id: uuid.UUID
    permit_number: str
    uscc: str
    site_name: str
    version: int
    current_version: int
    management_class: Literal["key", "simplified"]
    industry_code: str
    valid_from: date
    valid_to: date
    issued_on: date
    reporting: ReportingDuties
    outlets: list[OutletRead]
    standing: Standing = Field(description="today, or on `as_of`")


class PermitSummary(Schema):
    """A permit in a list."""

    id: uuid.UUID
    permit_number: str
    uscc: str
    site_name: str
    current_version: int
    created_at: Moment
