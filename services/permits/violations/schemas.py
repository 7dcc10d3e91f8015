"""Violations over the wire."""

import uuid
from datetime import date
from typing import Any, Literal

from pydantic import Field

from services.kit.identifiers.types import OutletCode, PermitNumber
from services.kit.schemas import Computed, Day, Exact, LongText, Moment, Schema, Whole
from services.permits.permits.schemas import PollutantCode

ViolationKind = Literal[
    "numeric", "special_period", "non_receipt", "frequency", "wrong_outlet", "undisclosed", "fugitive"
]
ViolationState = Literal["open", "resolved", "dismissed"]
Version = Field(ge=1, lt=2**31, description="of the violation that was read; 409 if it has changed")


class ViolationCreate(Schema):
    """What an inspector found on site; what reports and records show is found by itself."""

    kind: Literal["frequency", "wrong_outlet", "undisclosed", "special_period", "fugitive"] = Field(
        description="自行监测频次不足, 排放口不符, 未公开排放信息, 特殊时段未停止或者限制排放, 未控制无组织排放"
    )
    permit_number: PermitNumber
    outlet_code: OutletCode | None = Field(default=None, description="required for wrong_outlet")
    pollutant_code: PollutantCode | None = None
    period_start: Day
    period_end: Day
    finding: LongText = Field(description="核查情况: what was found, and on what it rests")


class ResolutionCreate(Schema):
    """What an inspector saw: the violation is over."""

    version: Whole = Version
    resolved_on: Day
    finding: LongText


class DismissalCreate(Schema):
    """Why a violation was none; another inspector decides."""

    version: Whole = Version
    reason: LongText


class DismissalDecisionCreate(Schema):
    """Decided by somebody else than who proposed it."""

    version: Whole = Version
    decision: Literal["dismiss", "keep"] = Field(description="认定不成立, 维持")
    comment: LongText


class PenaltyRead(Schema):
    """What the law has for it: a band, not a decision."""

    article: str
    item: str = Field(description="项, from memory")
    min_yuan: int
    max_yuan: int
    serious_max_yuan: int | None
    each_time: bool = Field(description="每次 each report that was not submitted counts")
    detail_zh: str
    detail_en: str


class ViolationRead(Schema):
    """A violation as it stands."""

    id: uuid.UUID
    kind: ViolationKind
    permit_number: str
    uscc: str
    obligation_id: uuid.UUID | None
    report_id: uuid.UUID | None
    outlet_code: str | None
    pollutant_code: str | None
    scope: Literal["outlet", "plant", "main_outlets", "general_outlets", "fugitive"] = Field(
        default="outlet", description="of a limit of no single outlet: 全厂合计, 主要排放口合计 …"
    )
    limit_kind: str | None
    limit_value: Exact | None
    value: Exact | None
    multiple: Computed | None = Field(description="超标倍数: (value - limit) / limit, two places, half up")
    period_start: date
    period_end: date
    due_on: date | None
    days_late: int | None = Field(description="of a report: today while it has not come")
    finding: str | None
    severe: bool = Field(description="by configuration; sorts work, changes no penalty")
    chronic: bool
    state: ViolationState
    resolution: str | None = Field(
        description="corrected, back_into_compliance, received, not_owed, confirmed, dismissed"
    )
    resolved_on: date | None
    dismissal_proposed: bool
    version: int
    penalty: PenaltyRead | None
    opened_at: Moment
    updated_at: Moment


class ViolationStepRead(Schema):
    """One thing that happened to it."""

    version: int
    step: str
    at: Moment
    note: str | None
    figures: dict[str, Any]


class ViolationDetail(ViolationRead):
    """A violation with its history, oldest step first."""

    history: list[ViolationStepRead]
