"""What the law makes public about permits (条例 art. 23): no accounts, no addresses of people."""

import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from services.kit.schemas import Exact, Moment, Schema
from services.permits.confidentiality.schemas import WithheldRead
from services.permits.endings.rules import Standing
from services.permits.obligations.schemas import ReportKind
from services.permits.permits.schemas import ListedPermit, OutletRead, PlantLimitContent, SpecialLimitContent
from services.permits.permits.schemas_terms import MonitoringRequirement, Terms
from services.permits.reports.schemas import SpecialExceedanceRead


class DisclosedPermit(Schema):
    """A permit that holds, or held, with its outlets and limits."""

    permit_number: str
    uscc: str
    enterprise_name: str
    site_name: str
    management_class: Literal["key", "simplified"]
    industry_code: str
    version: int
    valid_from: date
    valid_to: date
    issued_on: date
    published_on: date = Field(description="公开日期: since when this version is shown here")
    outlets: list[OutletRead]
    withheld: list[WithheldRead] = Field(description="what this answer does not show, and why")
    standing: Standing = Field(description="today")
    plant_limits: list[PlantLimitContent]
    special_limits: list[SpecialLimitContent]
    monitoring: list[MonitoringRequirement]
    terms: Terms = Field(description="facilities and requirements; `holder` is null: it names a person")


class DisclosedPermitSummary(ListedPermit):
    """A permit in the public list, as the version that holds today has it, or the one that held last."""

    published_on: date = Field(description="公开日期: since when this version is shown here")
    standing: Standing = Field(description="today")
    longitude: Exact | None = Field(description="degrees east, CGCS2000 (EPSG:4490)")
    latitude: Exact | None = Field(description="degrees north, CGCS2000 (EPSG:4490)")
    withheld: list[WithheldRead]


class DisclosedReportSummary(Schema):
    """An accepted execution report in the public list."""

    id: uuid.UUID
    permit_number: str
    uscc: str
    enterprise_name: str
    kind: ReportKind
    period_start: date
    period_end: date
    version: int
    first_submitted_at: Moment
    days_late: int
    published_at: Moment = Field(description="公开时间: when it was accepted, and so became public")


class DisclosedValue(Schema):
    """What was discharged at one outlet."""

    outlet_code: str
    pollutant_code: str
    concentration_max: Exact | None
    concentration_average: Exact | None
    amount_t: Exact | None
    method: str | None
    no_data_code: str | None
    concentration_max_qualifier: str | None
    concentration_average_qualifier: str | None
    amount_qualifier: str | None
    volume_m3: Exact | None
    rate_max: Exact | None = Field(description="kg/h")
    rate_max_qualifier: str | None


class DisclosedTotal(Schema):
    """What was discharged by the plant, by a group of its outlets, or escaped."""

    scope: Literal["plant", "main_outlets", "general_outlets", "fugitive"]
    pollutant_code: str
    amount_t: Exact


class DisclosedSpecialValue(Schema):
    """What was discharged on one day of a special period (特殊时段)."""

    day: date
    outlet_code: str | None = Field(default=None, description="null: the whole plant")
    pollutant_code: str
    concentration_max: Exact | None = None
    concentration_average: Exact | None = None
    rate_max: Exact | None = Field(default=None, description="kg/h")
    amount_kg: Exact | None = None
    month_amount_t: Exact | None = None
    no_data_code: str | None = None


class DisclosedHours(Schema):
    """How long a treatment facility ran in the period (条例 第二十三条: 污染防治设施的运行情况)."""

    facility_code: str
    run_hours: Exact


class DisclosedStatement(Schema):
    """What an execution report states besides its values, as far as it is public."""

    production_days: int
    stopped_from: date | None = Field(default=None, description="停产起始日")
    totals: list[DisclosedTotal] = Field(default=[], description="合计")
    special_values: list[DisclosedSpecialValue] = Field(default=[], description="特殊时段")
    treatment: list[DisclosedHours] = Field(
        default=[], description="污染防治设施运行时间; what production ran is not public"
    )


class DisclosedReport(DisclosedReportSummary, DisclosedStatement):
    """An accepted report with its values; the digest lets anybody match it to a receipt."""

    values: list[DisclosedValue]
    exceedances: list[dict[str, str]]
    special_exceedances: list[SpecialExceedanceRead] = Field(
        default=[], description="特殊时段: over what bound on those days (条例 第三十五条)"
    )
    document_sha256: str
    receipt_id: str


class DisclosedReceipt(Schema):
    """What a receipt number stands for. It holds no figure: those of an accepted report are at `report`."""

    receipt_id: str
    kind: str
    received_at: Moment
    document_sha256: str = Field(description="compare it with the receipt that you were shown")
    permit_number: str
    report_kind: ReportKind
    period_start: date
    period_end: date
    version: int
    superseded: bool = Field(description="已被更正: a newer version was submitted")
    repudiated: bool = Field(description="企业否认: the enterprise says that it was not its own")
    report: str | None = Field(description="where the report is public, if this version was accepted")
