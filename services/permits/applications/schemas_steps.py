"""What the office's steps on an application say over the wire, from the counter to the delivery."""

from typing import Literal

from pydantic import Field

from services.kit.identifiers.types import PermitNumber
from services.kit.schemas import Day, LongText, Schema, ShortText
from services.permits.applications.schemas import Condition, ConditionOutcome, Texts
from services.permits.permits.schemas import PermitDay


class CompletenessCreate(Schema):
    """What the counter finds (条例 art. 9)."""

    outcome: Literal["accept", "allow_correction", "notify", "not_required", "not_competent", "decline"] = (
        Field(description="受理, 允许当场更正, 一次性告知补正, 不需要取得, 无职权不予受理, 补正不全不予受理")
    )
    items: Texts | None = Field(
        default=None,
        description="all that is to be corrected or supplied, or was not; needed for each but 受理",
    )
    competent_authority: ShortText | None = Field(
        default=None, description="where to apply instead; needed for `not_competent`"
    )


class ConditionFindingCreate(Schema):
    """What a reviewer finds of one condition."""

    item: Condition = Field(description="环评, 排放标准, 总量控制, 防治设施, 自行监测")
    outcome: ConditionOutcome = Field(
        description="符合 met, 不符合 not_met, 本次变更不涉及 unaffected (of a change)"
    )
    comment: LongText | None = Field(default=None, description="needed unless met")


class ConditionFindingsCreate(Schema):
    findings: list[ConditionFindingCreate] = Field(min_length=1, max_length=5)


class SiteCheckCreate(Schema):
    """Why the site is looked at, and when."""

    reason: LongText
    planned_on: Day | None = None


class SiteCheckRecord(Schema):
    """What was seen at the site."""

    visited_on: Day
    inspectors: list[ShortText] = Field(
        min_length=2, max_length=20, description="two at least", examples=[["执法人员甲", "执法人员乙"]]
    )
    result: LongText


class PauseCreate(Schema):
    """Why the clock stops, and for how long: the applicant is told in writing (行政许可法 art. 45)."""

    ground: Literal["hearing", "testing", "appraisal", "expert_review"] = Field(
        description="听证, 检验检测, 鉴定, 专家评审"
    )
    reason: LongText
    expected_until: Day


class ResumptionCreate(Schema):
    """What came of it; from today on the days count again."""

    result: LongText


class ReviewProposal(Schema):
    """What the reviewer proposes to the approver."""

    proposal: Literal["grant", "refuse"]
    comment: LongText | None = Field(default=None, description="审查意见; needed to propose a refusal")


class ApplicationDecisionCreate(Schema):
    """What the approver decides."""

    outcome: Literal["grant", "refuse", "return"] = Field(description="准予许可, 不予许可, 退回审查")
    permit_number: PermitNumber | None = Field(
        default=None, description="of a first permit: as the national platform made it (条例 art. 12)"
    )
    valid_from: PermitDay | None = Field(
        default=None, description="of a first permit or a re-application; by default today"
    )
    reason: LongText | None = Field(default=None, description="needed to refuse or to return")


class PermitDeliveryCreate(Schema):
    """How the permit or the refusal reached the applicant."""

    method: Literal["in_person", "post", "electronic"] = Field(description="当面, 邮寄, 电子送达")
    received_by: ShortText
    received_on: Day | None = Field(
        default=None, description="from which reconsideration and litigation count; by default today"
    )
