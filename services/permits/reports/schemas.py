"""Execution reports over the wire."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from services.kit.schemas import Computed, Day, Exact, Id, LongText, Moment, Schema, Whole
from services.permits.obligations.schemas import ReportKind

Method = Literal["automatic", "manual", "balance", "coefficient"]
NoDataCode = Literal["no_discharge", "stopped_production", "not_required", "equipment_failure"]
ReportState = Literal["submitted", "returned", "accepted"]
Code = Annotated[str, Field(min_length=1, max_length=20)]


class ValueContent(Schema):
    """One line: figures with their method, or a no-data code."""

    outlet_code: Code = Field(examples=["DA001"])
    pollutant_code: Code = Field(examples=["a21026"])
    concentration_max: Exact | None = Field(default=None, description="highest, mg/m3 to air, mg/L to water")
    concentration_average: Exact | None = Field(default=None, description="mean, mg/m3 to air, mg/L to water")
    amount_t: Exact | None = Field(default=None, description="discharged in the period, tonnes")
    method: Method | None = Field(default=None, description="自动监测, 手工监测, 物料衡算, 产排污系数")
    no_data_code: NoDataCode | None = Field(
        default=None, description="无数据原因: 未排放, 停产, 不要求, 设备故障"
    )


class ReportContent(Schema):
    """What an enterprise states about one period."""

    production_days: Whole = Field(ge=0, le=366)
    values: list[ValueContent] = Field(
        max_length=2000,
        description="one line for each outlet and pollutant with a limit; none where none has",
    )
    exceedance_explanation: LongText | None = Field(default=None, description="超标原因及处理情况")
    stopped_from: Day | None = Field(
        default=None,
        description="停产起始日: no production from this day to the end of the period; the report is made all the same "
        "(条例 第二十二条), and may be before the period is over",
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


class ReceiptRead(Schema):
    """The signed receipt (回执): check it offline with `steppe verify receipt`."""

    receipt_id: str
    document_sha256: str = Field(description="SHA-256 of the RFC 8785 canonical JSON of `document`")
    jws: str = Field(description="EdDSA JWS in compact form; keys at /v1/permits/receipt-keys")


class ExceedanceRead(Schema):
    """A value over its limit, as found when the report came in."""

    outlet_code: str
    pollutant_code: str
    kind: str
    limit: Exact
    value: Exact
    multiple: Computed = Field(description="(value - limit) / limit, two places, half up")


class ReportVersionRead(Schema):
    """One submission as it was sent."""

    version: int
    document: dict[str, Any]
    exceedances: list[ExceedanceRead]
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


class Submitted(Schema):
    """The answer to a submission."""

    report: ReportSummary
    version: int
    exceedances: list[ExceedanceRead]
    document: dict[str, Any] = Field(description="what was stored; the receipt is over its digest")
    receipt: ReceiptRead
