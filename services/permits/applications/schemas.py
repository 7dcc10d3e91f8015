"""Applications over the wire."""

import uuid
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from services.kit.identifiers.types import PermitNumber, Uscc
from services.kit.schemas import Day, Id, LongText, Moment, Schema, ShortText, Whole
from services.permits.attachments.schemas import AttachmentNamed
from services.permits.drafts.schemas import FindingRead
from services.permits.enterprises.schemas import EnterpriseUpdate
from services.permits.permits.schemas import PermitDay, PermitProposal
from services.permits.reports.schemas import ReceiptRead

ManagementClass = Literal["key", "simplified"]
ApplicationKind = Literal["first", "supplement", "reapplication", "change", "renewal"]
ApplicationState = Literal[
    "submitted",
    "correctable",
    "incomplete",
    "accepted",
    "paused",
    "reviewed",
    "granted",
    "delivered",
    "refused",
    "refusal_delivered",
    "not_required",
    "not_competent",
    "not_accepted",
    "withdrawn",
]
ApplicationStepName = Literal[
    "submit",
    "allow_correction",
    "notify",
    "correct",
    "accept",
    "deem_accepted",
    "find_not_required",
    "find_not_competent",
    "decline",
    "withdraw",
    "examine",
    "order_site_check",
    "record_site_check",
    "pause",
    "resume",
    "review",
    "return",
    "grant",
    "refuse",
    "deliver",
    "deliver_refusal",
]
Condition = Literal["eia", "standards", "total_control", "controls", "monitoring"]
ConditionOutcome = Literal["met", "not_met", "unaffected"]
Link = Annotated[str, Field(pattern=r"^https?://[^\s<>\"]{4,480}$", examples=["https://example.org/gs/1"])]
Texts = Annotated[list[LongText], Field(min_length=1, max_length=100)]


class PreDisclosureContent(Schema):
    """When the unit disclosed what it is and will apply for, before it did, elsewhere than here (条例 art. 8(1))."""

    first_day: PermitDay
    last_day: PermitDay = Field(description="included")
    where: ShortText = Field(description="the page or notice", examples=["全国排污许可证管理信息平台"])
    link: Link | None = Field(default=None, description="the page itself; needed where the city asks for it")


class DisclosureJudged(Schema):
    """The disclosure as it was judged when the application came."""

    source: Literal["notice", "stated"] = Field(
        description="本平台公示 notice, 申请人填报的其他平台公开 stated"
    )
    notice_id: uuid.UUID | None
    first_day: date
    last_day: date = Field(description="included; before its last day where the notice was ended")
    where: str | None
    link: str | None


class SewerageContent(Schema):
    """What a sewage plant states beside (条例 art. 8); plans are attached."""

    catchment: LongText = Field(description="纳污范围: whose sewage it takes")
    pipe_layout: LongText = Field(description="管网布置: by which pipes it comes")
    final_destination: LongText = Field(description="最终排放去向")


class QuotaSourceContent(Schema):
    """Where the quota of key pollutants comes from (总量控制指标来源, 条例 art. 8)."""

    explanation: LongText
    offset_ids: list[Id] = Field(
        default=[], max_length=50, description="削减替代说明 that it rests on, `/v1/permits/totals/offsets`"
    )


class ApplicationContent(Schema):
    """What is applied for."""

    content: PermitProposal
    eia_ids: list[Id] = Field(
        max_length=50, description="the EIA approvals or filings it rests on, `/v1/permits/eia`; one at least"
    )
    pre_disclosure: PreDisclosureContent | None = Field(
        default=None, description="of key units that disclosed elsewhere than by a notice here"
    )
    disclosure_notice_id: Id | None = Field(
        default=None,
        description="of key units: their notice, `POST /v1/permits/notices/pre-application`; its real days count",
    )
    enterprise: EnterpriseUpdate | None = Field(
        default=None, description="of a change: the enterprise's new name, address or representative"
    )
    changed_on: Day | None = Field(default=None, description="of a change: since when it is so")
    reason: LongText | None = Field(default=None, description="申请事由")
    sewerage: SewerageContent | None = Field(
        default=None, description="of a sewage plant; needed with a first or re-application (条例 art. 8)"
    )
    quota_source: QuotaSourceContent | None = Field(
        default=None,
        description="of a new or expanded source of pollutants under total control; needed where a re-application "
        "asks for more of one (条例 art. 8)",
    )
    attachments: list[AttachmentNamed] = Field(
        default=[], max_length=100, description="申请材料附件, sealed with their digests"
    )


class ApplicationCreate(ApplicationContent):
    """An application as it is first submitted."""

    uscc: Uscc
    kind: ApplicationKind = Field(
        description="首次申请 first, 补充申请 supplement, 重新申请 reapplication, 变更 change, 延续 renewal"
    )
    permit_number: PermitNumber | None = Field(
        default=None, description="the permit that it is about; null for a first application"
    )


class ApplicationCorrection(ApplicationContent):
    """The whole application anew, as the notice asked for it."""

    corrects_version: Whole = Field(
        ge=1, description="the version that is corrected; 409 if there is a newer one"
    )


class ApplicationWithdrawalCreate(Schema):
    """Why the applicant takes it back."""

    reason: LongText


class ApplicationClockRead(Schema):
    """The period that runs, as of today."""

    kind: Literal["completeness", "decision", "delivery"]
    deadline: date
    days_left: int
    basis: str
    period_days: int
    stopped_since: date | None
    provisional: bool
    uncovered_years: list[int]
    calendar: str


class ApplicationRemarkRead(Schema):
    """Something that the applicant is told; it refuses nothing."""

    code: str
    detail_zh: str
    detail_en: str
    article: str


class ApplicationChecksRead(Schema):
    """What would become of an application; nothing was saved."""

    acceptable: bool = Field(description="whether it would be taken as it is")
    errors: list[FindingRead] = Field(description="all that it would be refused for")
    remarks: list[ApplicationRemarkRead] = Field(description="what the applicant would be told")


class ApplicationSummary(Schema):
    """An application in a list, as it stands today."""

    id: uuid.UUID
    uscc: str
    kind: ApplicationKind
    permit_number: str | None
    site_name: str
    management_class: ManagementClass
    state: ApplicationState = Field(description="by law: `accepted` as well where nothing was said in time")
    version: int
    revision: int = Field(description="counts every step")
    submitted_on: date
    received_on: date = Field(description="from which the three days count: of what was supplied last")
    accepted_on: date | None
    deemed_accepted: bool = Field(description="nothing was said in time: accepted as of its receipt")
    decided_on: date | None
    deadline: date | None = Field(
        description="of the authority's next duty; while the clock is stopped, the one if it goes on today"
    )
    days_left: int | None = Field(
        description="working days to the deadline; negative: so many late; null: nothing of the authority's runs"
    )
    basis: str | None = Field(description="the article that sets the period")
    provisional: bool = Field(description="the period crosses a year whose calendar is not published")


class OverdueApplication(ApplicationSummary):
    """An application whose period is over: the authority has not decided, or not delivered, in time."""

    clock_kind: Literal["decision", "delivery"] = Field(description="审批决定, 颁发送达")
    days_late: int = Field(description="working days since the deadline")


class EiaLink(Schema):
    """An EIA document that the application rests on, beside the permit class that is applied for."""

    id: uuid.UUID
    number: str
    eia_class: Literal["report", "form", "registration"]
    authority: str
    state: Literal["stated", "registered", "confirmed", "rejected"]
    remark_zh: str | None = Field(description="where the two classes are not the usual pair")
    remark_en: str | None


class ChecklistItem(Schema):
    """One condition of 条例 art. 11 with what was found of it."""

    item: Condition
    article: str
    outcome: ConditionOutcome | None
    comment: str | None
    reviewer: str | None
    found_at: Moment | None


class ApplicationStepRead(Schema):
    """One step, with the sealed document where the law asks for one in writing."""

    revision: int
    step: ApplicationStepName
    state: ApplicationState
    taken_on: date
    taken_at: Moment
    taken_by: str
    detail: dict[str, Any]
    document: dict[str, Any] | None
    receipt: ReceiptRead | None


class ApplicationVersionRead(Schema):
    """What was applied for, as it was sent, with its receipt."""

    version: int
    document: dict[str, Any]
    submitted_by: str
    submitted_at: Moment
    receipt: ReceiptRead


class ApplicationRead(ApplicationSummary):
    """An application with its content, clock, checklist and history."""

    clock: ApplicationClockRead | None
    newest: ApplicationVersionRead
    remarks: list[ApplicationRemarkRead]
    disclosed: DisclosureJudged | None = Field(
        description="the disclosure before the application; null where none was stated"
    )
    eia: list[EiaLink]
    checklist: list[ChecklistItem] | None = Field(
        description="null before acceptance, and to the applicant before the decision"
    )
    history: list[ApplicationStepRead] = Field(
        description="what is internal to the review is shown to the bureau only"
    )
    permit_version: int | None = Field(description="the version of the permit that it became")


class DisclosedApplication(Schema):
    """What the law makes public of an application (条例 art. 9): whether it was accepted, and how it was decided."""

    id: uuid.UUID
    uscc: str
    enterprise_name: str
    kind: ApplicationKind
    site_name: str
    permit_number: str | None
    management_class: ManagementClass
    state: ApplicationState
    submitted_on: date
    accepted_on: date | None
    deemed_accepted: bool
    decided_on: date | None
