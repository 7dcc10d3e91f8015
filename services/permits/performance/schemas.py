"""Performance classes and measures over the wire."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field

from services.kit.identifiers.types import OutletCode, PermitNumber
from services.kit.schemas import Exact, LongText, Moment, Schema, ShortText
from services.permits.permits.schemas import PermitDay
from services.permits.reports.schemas import ReceiptRead

PerformanceName = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z][A-Za-z_+-]{0,19}$",
        description="a class of `GET /v1/permits/performance/editions`",
        examples=["A", "B-", "leading"],
    ),
]
Alert = Literal["yellow", "orange", "red"]
DeclarationState = Literal[
    "declared",
    "county_passed",
    "league_passed",
    "region_passed",
    "noticed",
    "effective",
    "refused",
    "withdrawn",
]
BureauStep = Literal["county_review", "league_review", "region_review", "publish", "take_effect", "refuse"]
MeasurePlanState = Literal["filed", "confirmed", "returned"]
MeasureAction = Literal["stop", "limit", "transport", "other"]


class SchemeRead(Schema):
    """Classes of a scheme, best first."""

    scheme: str
    classes: tuple[str, ...]
    exempt: tuple[str, ...] = Field(description="may take no measure")
    default: str = Field(description="holds where none was given")
    note: str


class SectorRead(Schema):
    """A sector and the scheme that it goes by."""

    sector: str
    scheme: str


class PerformanceEdition(Schema):
    """One edition of the grading."""

    edition: str
    name: str
    note: str
    in_force_from: date
    notice_working_days: int
    level: Literal["county", "league", "region"]
    schemes: list[SchemeRead]
    sectors: list[SectorRead]


class PerformanceEditions(Schema):
    """Every edition that is known."""

    items: list[PerformanceEdition]


class DeclarationCreate(Schema):
    """The class that an enterprise declares for a site."""

    permit_number: PermitNumber
    sector: ShortText = Field(description="行业, as the edition names it")
    given_class: PerformanceName
    self_assessment: LongText = Field(description="自评情况: each indicator and how it is met")


class DeclarationStep(Schema):
    """What the bureau enters: 旗县初审, 盟市复审, 自治区审核, 公示, 生效, 不通过."""

    step: BureauStep
    on_day: PermitDay = Field(description="the day on which it happened")
    basis: ShortText = Field(description="文号")
    given_class: PerformanceName | None = Field(
        default=None, description="of a review: the class found, not above the one before"
    )
    opinion: LongText | None = Field(default=None, description="required for a refusal")


class DeclarationStepRead(Schema):
    """A step that was entered."""

    step: BureauStep | Literal["withdraw"]
    granted_class: str
    on_day: date
    basis: str
    opinion: str | None
    entered_at: Moment


class DeclarationRead(Schema):
    """A declaration, and how far its review has come."""

    id: uuid.UUID
    permit_number: str
    uscc: str
    edition: str
    sector: str
    declared_class: str
    granted_class: str
    state: DeclarationState
    open_steps: list[BureauStep | Literal["withdraw"]] = Field(description="what can follow")
    notice_from: date | None
    notice_until: date | None = Field(description="last day of the notice, in working days")
    notice_provisional: bool
    document: dict[str, Any]
    receipt: ReceiptRead
    submitted_at: Moment
    steps: list[DeclarationStepRead]


class DowngradeCreate(Schema):
    """A lower class, with its reason."""

    given_class: PerformanceName
    effective_from: PermitDay
    reason: LongText
    basis: ShortText = Field(description="文号")


class ClassRead(Schema):
    """A class that a site has from a day on."""

    given_class: str
    edition: str
    sector: str
    effective_from: date
    ground: Literal["rating", "downgrade"]
    declaration_id: uuid.UUID | None
    reason: str | None
    basis: str


class PermitClassRead(Schema):
    """The class of a site on a day, and all that it was given."""

    permit_number: str
    uscc: str
    on: date
    given_class: str | None = Field(description="null: none was given by that day")
    exempt: bool = Field(description="whether this class may take no measure")
    holding: ClassRead | None
    history: list[ClassRead]


class MeasureContent(Schema):
    """One measure of an alert level."""

    alert_level: Alert
    process: ShortText = Field(description="生产工序 or facility")
    action: MeasureAction = Field(description="停产 stop, 限产 limit, 运输 transport, 其他 other")
    outlet_code: OutletCode | None = None
    measure: LongText = Field(description="措施内容")
    reduction_percent: Annotated[Exact, Field(gt=Decimal(0), le=Decimal(100))] | None = None
    quantity: Annotated[Exact, Field(gt=Decimal(0), le=Decimal(10**9))] | None = None
    unit: ShortText | None = Field(default=None, description="of the quantity: t/d, vehicles/d")
    check_method: ShortText = Field(description="核查方法: 用电量, 在线数据, 台账")
    responsible: ShortText = Field(description="责任人")


class MeasurePlanCreate(Schema):
    """A 一厂一策 sheet; a new one follows the one before from its day on."""

    permit_number: PermitNumber
    effective_from: PermitDay
    measures: list[MeasureContent] = Field(max_length=500)


class MeasurePlanDecision(Schema):
    """What the bureau decides on a filed sheet."""

    decision: Literal["confirm", "return"]
    comment: LongText | None = Field(default=None, description="required for a return")


class MeasurePlanRead(Schema):
    """A sheet, and how it stands."""

    id: uuid.UUID
    permit_number: str
    uscc: str
    version: int
    effective_from: date
    state: MeasurePlanState
    measures: list[MeasureContent]
    receipt: ReceiptRead
    filed_at: Moment
    decided_at: Moment | None
    comment: str | None


class MeasuresOn(Schema):
    """What a site has to do on a day with an alert."""

    permit_number: str
    uscc: str
    on: date
    alert: Alert
    alert_source: Literal["asked", "declared"]
    given_class: str | None
    exempt: bool = Field(description="may take no measure; those that it filed are shown all the same")
    plan_id: uuid.UUID | None = Field(description="null: no sheet was confirmed by that day")
    version: int | None
    measures: list[MeasureContent]


class DisclosedClass(Schema):
    """A class in the public list."""

    permit_number: str
    uscc: str
    enterprise_name: str
    site_name: str
    edition: str
    sector: str
    given_class: str
    effective_from: date


class PerformanceNotice(Schema):
    """A class under public notice (公示)."""

    permit_number: str
    uscc: str
    enterprise_name: str
    sector: str
    granted_class: str
    notice_from: date
    notice_until: date
    notice_id: uuid.UUID | None = Field(
        default=None, description="comment on it at `/v1/permits/disclosure/notices/{notice_id}/comments`"
    )
