"""Permits over the wire."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from services.kit.identifiers.types import IndustryCode, OutletCode, PermitNumber
from services.kit.schemas import Day, Exact, Flag, Moment, Schema, ShortText, Whole
from services.permits.endings.rules import Standing
from services.permits.permits.schemas_terms import MonitoringRequirement, Terms
from services.permits.permits.schemas_terms import PollutantCode as PollutantCode
from services.permits.radar.schemas_renewal import RenewalClock

LimitKind = Literal[
    "hourly_concentration",
    "daily_concentration",
    "annual_amount",
    "concentration",
    "instant_value",
    "emission_rate",
    "grade",
]
Unit = Literal["mg/m3", "mg/L", "t/a", "dimensionless", "kg/h", "grade", "ng-TEQ/m3", "MPN/L"]
Positive = Annotated[Exact, Field(gt=Decimal(0))]
PermitYear = Annotated[Whole, Field(ge=1, le=5)]
PermitDay = Annotated[Day, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
Medium = Literal["air", "water"]
OutletKind = Literal["main", "general"]
BasisKind = Literal["first_issue", "basic_change", "change", "reapplication", "renewal", "adjustment"]
AmendmentKind = Literal["basic_change", "change", "reapplication", "renewal", "adjustment"]
AlertLevel = Literal["yellow", "orange", "red"]


class Averaging(Schema):
    """Over which time a value is taken before it is compared with its limit."""

    period: Literal["instant", "hour", "day", "week", "month", "year"]
    statistic: Literal["value", "mean", "flow_weighted_mean", "sum"]
    minimum_valid: Whole | None = Field(
        default=None, ge=1, le=366, description="how many valid data the period needs at least"
    )
    minimum_unit: Literal["minute", "hour", "day"] | None = Field(
        default=None, description="what `minimum_valid` counts: 45 valid minutes of an hour"
    )
    source: ShortText | None = Field(default=None, description="where the rule is from")


class LimitContent(Schema):
    """One permitted value and the days on which it holds."""

    pollutant_code: PollutantCode
    pollutant_name: ShortText
    kind: LimitKind = Field(
        description="小时浓度, 日均浓度, 年排放量, 浓度 (with its averaging), 瞬时值 (pH), 排放速率 or 等级 (黑度)"
    )
    value: Positive = Field(
        description="what is compared: the upper bound, or the grade that `text` names; no limit is no row, never 0"
    )
    lower_value: Positive | None = Field(default=None, description="the lower bound of a range: pH 6 to 9")
    promised_value: Positive | None = Field(default=None, description="承诺更加严格限值")
    text: ShortText | None = Field(
        default=None, description="a limit by grade in its own words: 林格曼黑度1级"
    )
    unit: Unit
    permit_year: PermitYear | None = Field(
        default=None,
        description="许可年排放量限值 第一年…第五年: which of them, from `valid_from` to `valid_to`",
    )
    averaging: Averaging | None = Field(
        default=None,
        description="in an answer always given: where the permit is silent, the default of the kind",
    )
    valid_from: PermitDay
    valid_to: PermitDay | None = Field(
        default=None, description="last day, included; null while the permit holds"
    )
    standard: ShortText = Field(description="the standard the value is taken from")


class PlantLimitContent(Schema):
    """A permitted yearly amount of no single outlet, in t/a: 全厂合计, or the total of a group of outlets."""

    scope: Literal["plant", "main_outlets", "general_outlets", "fugitive"] = Field(
        default="plant", description="全厂合计, 主要排放口合计, 一般排放口合计 or 无组织"
    )
    pollutant_code: PollutantCode
    pollutant_name: ShortText
    value: Positive
    permit_year: PermitYear | None = None
    valid_from: PermitDay
    valid_to: PermitDay | None = None
    standard: ShortText


class SpecialLimitContent(Schema):
    """A limit of a special period (特殊时段, 条例 art. 13(7)): a number, or that nothing may be discharged."""

    period: Literal["heavy_pollution", "attainment_plan"] = Field(
        description="重污染天气应对, on days of a declared alert; or 环境质量限期达标规划, on its days"
    )
    alert_level: AlertLevel | None = Field(
        default=None, description="of a heavy-pollution limit; it holds at this level and above"
    )
    outlet_code: OutletCode | None = Field(default=None, description="null: the whole plant")
    pollutant_code: PollutantCode
    pollutant_name: ShortText
    kind: Literal[
        "hourly_concentration", "daily_concentration", "emission_rate", "daily_amount", "monthly_amount"
    ] = Field(description="小时浓度, 日均浓度, 排放速率, 日排放量 (kg/d) or 月排放量 (t/month)")
    value: Positive | None = None
    prohibited: Flag = Field(default=False, description="禁止排放, in place of a value")
    unit: Literal["mg/m3", "mg/L", "dimensionless", "ng-TEQ/m3", "MPN/L", "kg/h", "kg/d", "t/month"]
    averaging: Averaging | None = None
    valid_from: PermitDay
    valid_to: PermitDay | None = None
    standard: ShortText = Field(description="what it rests on: the emergency plan, the attainment plan")


class OutletContent(Schema):
    """One outlet with its limits."""

    code: OutletCode
    name: ShortText
    medium: Medium
    kind: OutletKind = Field(description="主要排放口 main or 一般排放口 general")
    longitude: Exact | None = Field(default=None, ge=Decimal(-180), le=Decimal(180), description="CGCS2000")
    latitude: Exact | None = Field(default=None, ge=Decimal(-90), le=Decimal(90))
    height_m: Positive | None = Field(default=None, description="of a stack")
    mode: Literal["organised", "direct", "indirect", "none"] | None = Field(
        default=None, description="排放方式: 有组织, 直接排放, 间接排放 or 不外排"
    )
    destination: ShortText | None = Field(default=None, description="排放去向, such as 进入城市污水处理厂")
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


class PermitProposal(Schema):
    """What a permit is to say (条例 art. 13), without the days that the authority gives it."""

    site_name: ShortText
    management_class: Literal["key", "simplified"]
    industry_code: IndustryCode
    reporting: ReportingDuties
    outlets: list[OutletContent] = Field(min_length=1, max_length=200)
    plant_limits: list[PlantLimitContent] = Field(default=[], max_length=200)
    special_limits: list[SpecialLimitContent] = Field(default=[], max_length=500)
    monitoring: list[MonitoringRequirement] = Field(
        default=[], max_length=1000, description="自行监测方案 (art. 13(8))"
    )
    terms: Terms = Terms()


class PermitContent(PermitProposal):
    """What a permit says."""

    valid_from: PermitDay
    valid_to: PermitDay
    issued_on: PermitDay


class PermitCreate(PermitContent):
    """A permit as it was issued on the national platform, which makes its number (条例 art. 12)."""

    permit_number: PermitNumber


class Basis(Schema):
    """Why there is a new version, and from which day it holds."""

    kind: AmendmentKind = Field(
        description="基本信息变更 (art. 14), 其他变更, 重新申请 (art. 15), 延续 (art. 14), 依职权变更 (art. 16)"
    )
    effective_from: PermitDay = Field(description="the first day of the new version")
    article: ShortText | None = Field(default=None, description="where it is not the usual one of the kind")
    application: ShortText | None = Field(default=None, description="the application that was decided")
    reason: ShortText | None = Field(default=None, description="needed where the authority changes by itself")


class VersionCreate(PermitContent):
    """A permit as it was issued anew on the national platform: all of it, not only what changed."""

    amends_version: Whole = Field(ge=1, description="the version that was on your desk")
    basis: Basis


class OutletRead(OutletContent):
    """One outlet as the permit version has it."""


class BasisRead(Schema):
    """Why a version exists: as it was first issued, or by what it was changed."""

    kind: BasisKind
    effective_from: date
    article: str
    application: str | None
    reason: str | None


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
    plant_limits: list[PlantLimitContent]
    special_limits: list[SpecialLimitContent]
    monitoring: list[MonitoringRequirement]
    terms: Terms
    basis: BasisRead
    renewal: RenewalClock | None = Field(
        default=None,
        description="of the newest version, as of today; null once the permit was ended",
    )


class ListedPermit(Schema):
    """What every list says of a permit, as the version that holds today has it, or the one that held last."""

    permit_number: str
    uscc: str
    enterprise_name: str
    site_name: str
    current_version: int = Field(description="the newest, which may take effect later than `version`")
    version: int = Field(description="the one that this is read from")
    management_class: Literal["key", "simplified"]
    industry_code: str
    region_code: str = Field(
        description="division (GB/T 2260) of the site as the permit says it, else of the enterprise"
    )
    valid_from: date
    valid_to: date
    issued_on: date


class PermitSummary(ListedPermit):
    """A permit in a list, as the version that holds today has it, or the one that held last."""

    id: uuid.UUID
    standing: Standing = Field(description="today")
    created_at: Moment


class VersionSummary(Schema):
    """One version of a permit in the list of its versions."""

    permit_number: str
    version: int
    site_name: str
    valid_from: date
    valid_to: date
    issued_on: date
    basis: BasisRead
    created_at: Moment
