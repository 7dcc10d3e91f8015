"""Execution reports over the wire."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from services.kit.schemas import (
    ONE_LINE,
    VISIBLE,
    Computed,
    Day,
    Exact,
    Flag,
    Id,
    LongText,
    Moment,
    Schema,
    ShortText,
    Whole,
)
from services.permits.amounts.schemas import CalculationContent
from services.permits.attachments.schemas import AnnexNamed
from services.permits.fuels.schemas import FuelFactNewer
from services.permits.ledger.schemas import FacilityCode
from services.permits.obligations.schemas import ReportKind
from services.permits.reports.rules_parts import Part

Method = Literal["automatic", "manual", "balance", "coefficient"]
NoDataCode = Literal[
    "no_discharge",
    "stopped_production",
    "not_required",
    "equipment_failure",
    "below_detection",
    "not_quantifiable",
    "sample_failed",
    "insufficient_flow",
    "wrong_flow",
    "invalid_test",
    "laboratory_error",
    "flood",
    "weather",
]
ReportState = Literal["submitted", "returned", "accepted", "repudiated"]
Qualifier = Literal["=", "<", "<=", ">", ">=", "estimated", "too_numerous"]
ConcentrationUnit = Literal["mg/m3", "ug/m3", "g/m3", "mg/L", "ug/L", "g/L", "dimensionless"]
RateUnit = Literal["kg/h", "g/h", "t/h"]
AmountUnit = Literal["t", "kg", "g"]
Volume = Annotated[Exact, Field(ge=Decimal(0))]
_QUALIFIER = "null or `=`: the figure itself; `<` is below detection"
Code = Annotated[str, Field(min_length=1, max_length=20), VISIBLE, ONE_LINE]


class ValueContent(Schema):
    """One line: figures with their method, or a no-data code."""

    outlet_code: Code = Field(examples=["DA001"])
    pollutant_code: Code = Field(examples=["a21026"])
    concentration_max: Exact | None = Field(default=None, description="highest, mg/m3 to air, mg/L to water")
    concentration_average: Exact | None = Field(default=None, description="mean, mg/m3 to air, mg/L to water")
    amount_t: Exact | None = Field(default=None, description="discharged in the period, tonnes")
    method: Method | None = Field(default=None, description="自动监测, 手工监测, 物料衡算, 产排污系数")
    no_data_code: NoDataCode | None = Field(
        default=None, description="无数据原因; what each means: `GET /v1/permits/no-data-codes`"
    )
    concentration_unit: ConcentrationUnit | None = Field(
        default=None, description="of both concentrations; null: the unit of the limit"
    )
    concentration_max_qualifier: Qualifier | None = Field(default=None, description=_QUALIFIER)
    concentration_average_qualifier: Qualifier | None = Field(default=None, description=_QUALIFIER)
    amount: Exact | None = Field(
        default=None, description="in place of `amount_t`, in `amount_unit`; kept in tonnes"
    )
    amount_unit: AmountUnit | None = Field(default=None, description="of `amount`")
    amount_qualifier: Literal["=", "estimated"] | None = None
    volume_m3: Volume | None = Field(
        default=None,
        description="waste gas (standard state) or water discharged in the period; checks the amount",
    )
    rate_max: Exact | None = Field(
        default=None, description="highest rate of emission, kg/h; where the permit limits it"
    )
    rate_unit: RateUnit | None = Field(default=None, description="of `rate_max`; null: kg/h")
    rate_max_qualifier: Qualifier | None = Field(default=None, description=_QUALIFIER)
    calculation: CalculationContent | None = Field(
        default=None, description="how the amount was worked out; worked out again on submission"
    )
    override_reason: LongText | None = Field(
        default=None, description="why a figure of this line that looks wrong is right (情况说明)"
    )


class TotalContent(Schema):
    """An amount of no single outlet (合计): of the plant, of a group of its outlets, or of what escapes."""

    scope: Literal["plant", "main_outlets", "general_outlets", "fugitive"] = Field(
        description="全厂合计, 主要排放口合计, 一般排放口合计 or 无组织排放"
    )
    pollutant_code: Code = Field(examples=["a21026"])
    amount_t: Exact = Field(description="discharged in the period, tonnes")
    override_reason: LongText | None = Field(
        default=None, description="why a total that looks wrong is right"
    )


class SpecialValueContent(Schema):
    """The figures of one day of a special period (特殊时段): of an alert, or of an attainment plan."""

    day: Day
    outlet_code: Code | None = Field(default=None, description="null: the whole plant", examples=["DA001"])
    pollutant_code: Code = Field(examples=["a21026"])
    concentration_max: Exact | None = Field(default=None, description="highest, mg/m3 to air, mg/L to water")
    concentration_average: Exact | None = Field(
        default=None, description="mean of the day, mg/m3 to air, mg/L to water"
    )
    rate_max: Exact | None = Field(default=None, description="highest rate of emission, kg/h")
    amount_kg: Exact | None = Field(default=None, description="discharged on the day, kg")
    month_amount_t: Exact | None = Field(
        default=None, description="discharged in the month that the day lies in, tonnes"
    )
    no_data_code: NoDataCode | None = Field(default=None, description="无数据原因")
    override_reason: LongText | None = Field(
        default=None, description="why a figure of this line that looks wrong is right (情况说明)"
    )


class UnpermittedDischarge(Schema):
    """A discharge through an outlet that the permit does not have, as the enterprise tells it itself."""

    outlet: Annotated[str, Field(min_length=1, max_length=20), VISIBLE, ONE_LINE] = Field(
        description="its number or a short name", examples=["厂区北侧"]
    )
    pollutant_code: Code | None = None
    first_day: Day
    last_day: Day
    explanation: LongText = Field(description="情况说明: why, and what was done")


class DisclosureStatement(Schema):
    """Whether one of the permit's requirements of disclosure was met in the period (信息公开情况)."""

    requirement: Whole = Field(ge=1, le=50, description="which of the permit's: 1 is the first")
    is_met: Flag
    explanation: LongText | None = Field(default=None, description="needed where it was not met")


class PartStatement(Schema):
    """One part of a report that is words (HJ 944-2018)."""

    part: Part = Field(
        description="遵守法律法规 compliance, 污染防治设施 controls, 自行监测 monitoring, 台账 ledger, "
        "实际排放 emissions, 环境保护税 tax, 信息公开 disclosure, 内部环境管理 internal_management, "
        "其他许可要求 other_requirements, 其他说明 other_notes or 结论 conclusion"
    )
    text: LongText


class FacilityHours(Schema):
    """How long a production or treatment facility ran in the period (运行时间)."""

    facility_code: FacilityCode
    run_hours: Annotated[Exact, Field(ge=Decimal(0))]


class MaterialUsed(Schema):
    """How much of a raw material, a fuel or a reagent was used in the period (原辅料、燃料消耗)."""

    name: ShortText = Field(description="as in the ledger")
    quantity: Annotated[Exact, Field(ge=Decimal(0))]
    unit: Annotated[str, Field(min_length=1, max_length=20), VISIBLE, ONE_LINE] = Field(
        description="as in the ledger"
    )


class ReportContent(Schema):
    """What an enterprise states about one period."""

    production_days: Whole = Field(ge=0, le=366)
    values: list[ValueContent] = Field(
        max_length=2000,
        description="one line for each outlet and pollutant with a limit; none where none has",
    )
    totals: list[TotalContent] = Field(
        default=[],
        max_length=500,
        description="合计: where the permit limits yearly totals; judged in a report of a year",
    )
    special_values: list[SpecialValueContent] = Field(
        default=[],
        max_length=5000,
        description="特殊时段: the days on which limits of special periods hold, one line a day, place and pollutant",
    )
    facilities: list[FacilityHours] = Field(
        default=[], max_length=1000, description="运行时间, compared with the ledger"
    )
    materials: list[MaterialUsed] = Field(
        default=[], max_length=500, description="原辅料及燃料消耗, compared with the ledger"
    )
    unpermitted_discharges: list[UnpermittedDischarge] = Field(
        default=[],
        max_length=100,
        description="排放口不符: discharges through outlets that the permit does not have",
    )
    disclosures: list[DisclosureStatement] = Field(
        default=[],
        max_length=50,
        description="信息公开情况: how the permit's requirements of disclosure were met",
    )
    parts: list[PartStatement] = Field(
        default=[],
        max_length=50,
        description="执行情况说明: the parts of the report that are words, each once; an annual report has all of them",
    )
    annexes: list[AnnexNamed] = Field(
        default=[], max_length=50, description="报告附件, signed with their digests; not public"
    )
    exceedance_explanation: LongText | None = Field(default=None, description="超标原因及处理情况")
    stopped_from: Day | None = Field(
        default=None,
        description="停产起始日: no production from this day to the end of the period; the report is made all the same "
        "(条例 第二十二条), and may be before the period is over",
    )
    override_reason: LongText | None = Field(
        default=None, description="why what looks wrong with the report as a whole is right"
    )


class ReportCreate(ReportContent):
    """The first submission for an obligation."""

    obligation_id: Id


class ReportCorrection(ReportContent):
    """A corrected version of a report that is not yet accepted."""

    corrects_version: Whole = Field(
        ge=1, description="the version that is corrected; 409 if there is a newer one"
    )
    reason: LongText = Field(description="更正原因")


class ReviewCreate(Schema):
    """What the bureau decides on the present version."""

    version: Whole = Field(ge=1)
    decision: Literal["accept", "return"] = Field(description="审核通过 accept, 退回修改 return")
    comment: LongText | None = Field(default=None, description="required for a return")


class RepudiationCreate(Schema):
    """A submission in the enterprise's name was not its own."""

    version: Whole = Field(ge=1, lt=2**31, description="the newest one; 409 if there is a newer one")
    statement: LongText = Field(description="情况说明: why it was not submitted by the enterprise")


class ReceiptRead(Schema):
    """The signed receipt (回执): check it offline with `steppe verify receipt`."""

    receipt_id: str
    document_sha256: str = Field(description="SHA-256 of the RFC 8785 canonical JSON of `document`")
    jws: str = Field(description="EdDSA JWS in compact form; keys at /v1/permits/receipt-keys")


class ExceedanceRead(Schema):
    """A value over its limit, as found when the report came in."""

    outlet_code: str = Field(description="empty for a total: `scope`")
    pollutant_code: str
    kind: str
    limit: Exact
    value: Exact
    multiple: Computed = Field(description="(value - limit) / limit, two places, half up")
    scope: Literal["outlet", "plant", "main_outlets", "general_outlets", "fugitive"] = "outlet"


class SpecialExceedanceRead(Schema):
    """A figure of a special period over what bound on that day (条例 第三十五条), as found when the report came in."""

    day: date
    ground: Literal["heavy_pollution", "attainment_plan"]
    alert_level: str | None = Field(description="of the limit: it holds at this level and above")
    outlet_code: str | None = Field(description="null: the whole plant")
    pollutant_code: str
    kind: str
    limit: Exact = Field(description="0: discharge is prohibited")
    value: Exact
    multiple: Computed | None = Field(description="超标倍数; null where discharge is prohibited")


class WarningRead(Schema):
    """Something odd that did not refuse the report: with the reason that was given for it."""

    pointer: str = Field(description="where, a JSON Pointer into the document")
    code: str
    severity: Literal["soft", "note"] = Field(description="soft: it needed a reason; note: shown only")
    detail_zh: str
    detail_en: str
    article: str | None
    reason: str | None = Field(description="理由, as stated in `override_reason`")


class ReportVersionRead(Schema):
    """One submission as it was sent."""

    version: int
    document: dict[str, Any]
    exceedances: list[ExceedanceRead]
    special_exceedances: list[SpecialExceedanceRead] = Field(default_factory=list)
    warnings: list[WarningRead] = Field(default_factory=list, description="for the reviewer")
    submitted_by: str
    submitted_at: Moment
    receipt: ReceiptRead


class ReviewRead(Schema):
    """A decision on one version."""

    id: uuid.UUID
    version: int
    decision: Literal["accept", "return"]
    comment: str | None
    reviewer: str
    reviewed_at: Moment


class ReportSummary(Schema):
    """A report in a list."""

    id: uuid.UUID
    obligation_id: uuid.UUID
    permit_number: str
    uscc: str
    kind: ReportKind
    period_start: date
    period_end: date
    state: ReportState
    version: int = Field(description="the newest version")
    first_submitted_at: Moment
    days_late: int
    updated_at: Moment


class ReportRead(ReportSummary):
    """A report with its newest version and all decisions."""

    newest: ReportVersionRead
    reviews: list[ReviewRead]
    corrected_fuel_facts: list[FuelFactNewer] = Field(
        default=[],
        description="fuel facts that it names and that were corrected since; it keeps its versions",
    )


class Submitted(Schema):
    """The answer to a submission."""

    report: ReportSummary
    version: int
    exceedances: list[ExceedanceRead]
    special_exceedances: list[SpecialExceedanceRead] = Field(default_factory=list)
    warnings: list[WarningRead] = Field(default_factory=list)
    document: dict[str, Any] = Field(description="what was stored; the receipt is over its digest")
    receipt: ReceiptRead


class CheckFinding(Schema):
    """One thing that a submission would be refused for."""

    pointer: str = Field(description="where, a JSON Pointer into the report")
    code: str
    severity: Literal["hard", "soft"] = Field(description="soft: an `override_reason` lets it pass")
    detail_zh: str
    detail_en: str
    article: str | None


class ChecksRead(Schema):
    """What would become of a report; nothing was saved."""

    acceptable: bool = Field(description="whether it would be taken as it is, by its content")
    errors: list[CheckFinding]
    warnings: list[WarningRead]
    exceedances: list[ExceedanceRead]
    special_exceedances: list[SpecialExceedanceRead] = Field(default_factory=list)
