"""The value types of the sample city. Pure data: decimals for law, aware times, dates in city time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

ManagementClass = Literal["key", "simplified", "registration"]  # 重点管理, 简化管理, 登记管理
Medium = Literal["air", "water"]
OutletKind = Literal["main", "general"]  # 主要排放口, 一般排放口
LimitKind = Literal["hourly_concentration", "daily_concentration", "annual_amount"]
Unit = Literal["mg/m3", "mg/L", "t/a", "dimensionless"]
ReportKind = Literal["quarterly", "annual"]
Method = Literal["automatic", "manual", "coefficient", "balance"]
NoDataCode = Literal["no_discharge", "stopped_production", "not_required", "equipment_failure"]
Outcome = Literal["accepted", "returned_then_accepted", "submitted"]


@dataclass(frozen=True, slots=True)
class SampleEnterprise:
    """An invented polluting unit (排污单位); the position is in CGCS2000, degrees."""

    uscc: str
    name: str
    region_code: str
    industry_code: str
    industry_name: str
    address: str
    longitude: Decimal
    latitude: Decimal
    management_class: ManagementClass
    automatic_monitoring: bool
    legal_representative: str
    login: str


@dataclass(frozen=True, slots=True)
class SampleLimit:
    """One permitted limit (许可排放限值) of one pollutant at one outlet."""

    pollutant_code: str
    pollutant_name: str
    kind: LimitKind
    value: Decimal
    unit: Unit
    valid_from: date
    valid_to: date | None
    standard: str


@dataclass(frozen=True, slots=True)
class SampleOutlet:
    """A discharge outlet (排放口), DA001 or DW001 by HJ 608-2017."""

    code: str
    name: str
    medium: Medium
    kind: OutletKind
    limits: tuple[SampleLimit, ...]


@dataclass(frozen=True, slots=True)
class SamplePermit:
    """A pollutant discharge permit (排污许可证); its due rules are its own, not one law constant."""

    permit_number: str
    enterprise_uscc: str
    site_serial: str
    management_class: ManagementClass
    industry_code: str
    site_name: str
    site_region_code: str | None
    valid_from: date
    valid_to: date
    issued_on: date
    outlets: tuple[SampleOutlet, ...]
    reports: tuple[ReportKind, ...]
    quarterly_due_day: int
    annual_due_month: int
    annual_due_day: int


@dataclass(frozen=True, slots=True)
class SampleValue:
    """What was reported for one pollutant at one outlet: numbers, or a no-data code, never both.

    Concentrations are in the unit of the permit's concentration limit; `amount_t` is in tonnes of the period.
    """

    outlet_code: str
    pollutant_code: str
    concentration_max: Decimal | None
    concentration_average: Decimal | None
    amount_t: Decimal | None
    method: Method | None
    no_data_code: NoDataCode | None


@dataclass(frozen=True, slots=True)
class SampleReport:
    """An execution report (排污许可证执行报告) and what the bureau did with it."""

    permit_number: str
    kind: ReportKind
    period_start: date
    period_end: date
    submitted_at: datetime
    production_days: int
    values: tuple[SampleValue, ...]
    exceedance_explanation: str | None
    outcome: Outcome
    review_comment: str | None


@dataclass(frozen=True, slots=True)
class SampleCity:
    """The whole city as seen at the start of `as_of`.

    Permits: key management first. Reports: in the order of their submission.
    """

    as_of: date
    enterprises: tuple[SampleEnterprise, ...]
    permits: tuple[SamplePermit, ...]
    reports: tuple[SampleReport, ...]


@dataclass(frozen=True, slots=True)
class SampleAccount:
    """Somebody who can sign in; passwords are the loader's business."""

    login: str
    name: str
    roles: tuple[str, ...]
    usccs: tuple[str, ...]
