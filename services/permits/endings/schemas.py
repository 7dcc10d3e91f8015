"""Ends of permits over the wire."""

import uuid
from datetime import date
from typing import Literal

from pydantic import Field

from services.kit.identifiers.types import PermitNumber
from services.kit.schemas import Day, LongText, Moment, Schema, ShortText
from services.permits.endings.rules import Kind, Standing
from services.permits.endings.schemas_procedure import EndingStepRead, ProcedureState

EndingState = Literal["proposed", "approved", "rejected"]


class GroundRead(Schema):
    """A legal ground on which a permit ends."""

    name: str
    kind: Kind = Field(description="撤销 annulled, 撤回 withdrawn, 吊销 revoked, 注销 cancelled")
    article: str
    zh: str
    en: str
    after: list[Standing] = Field(description="how the permit must stand")
    bar_years: int = Field(description="for so long the holder may not apply again")
    in_force_from: date
    seen: Literal["verified", "memory"] = Field(
        description="whether the article's text was read in its source"
    )


class GroundList(Schema):
    items: list[GroundRead]
    hearing_working_days: int = Field(description="the holder may ask for a hearing before a revocation")
    hearing_notice_working_days: int = Field(description="so long before, the day of the hearing is told")


class EndingCreate(Schema):
    """What a reviewer proposes."""

    permit_number: PermitNumber
    kind: Kind
    ground: ShortText = Field(description="a `name` of `GET /v1/permits/ending-grounds`")
    reason: LongText = Field(description="事实与理由")


class EndingDecisionCreate(Schema):
    """What an approver decides on it."""

    decision: Literal["approve", "reject"]
    document_number: ShortText | None = Field(default=None, description="决定书文号; needed to approve")
    effective_on: Day | None = Field(
        default=None, description="the first day on which it no longer holds; default: today"
    )
    comment: LongText | None = Field(default=None, description="needed to reject")


class EndingRead(Schema):
    """A proposal with what was decided on it."""

    id: uuid.UUID
    permit_number: str
    uscc: str
    kind: Kind
    ground: str
    article: str
    reason: str
    state: EndingState
    proposed_by: str
    proposed_at: Moment
    procedure: ProcedureState = Field(description="how far the way to the decision has come")
    notified_on: date | None = Field(description="when the holder was told (事先告知)")
    hearing_until: date | None = Field(
        description="until then the holder may ask for a hearing (revocation); null before the notice"
    )
    statement_until: date | None = Field(
        default=None,
        description="until then the holder is given time to state (陈述、申辩) where there is no hearing; the decision "
        "does not wait for it",
    )
    hearing_on: date | None = Field(description="to which day the hearing was called, or when it was held")
    document_number: str | None
    effective_on: date | None
    barred_until: date | None = Field(description="the holder may not apply up to this day, included")
    comment: str | None
    decided_by: str | None
    decided_at: Moment | None
    history: list[EndingStepRead] = Field(description="what came before the decision, oldest first")


class PermitToCancel(Schema):
    """A permit that holds no more and is to be struck from the register (注销, 行政许可法 art. 70)."""

    permit_number: str
    uscc: str
    standing: Standing = Field(
        description="已届满 expired, 已撤销 annulled, 已撤回 withdrawn, 已吊销 revoked"
    )
    since: date = Field(description="the first day on which it did not hold")
    proposal: uuid.UUID | None = Field(
        description="the proposal that waits for its decision; null: there is none"
    )
    article: str


class Bar(Schema):
    """Why an enterprise may not apply for a permit, and until when."""

    uscc: str
    since: date
    until: date = Field(description="the last day of the bar")
    permit_number: str
    ground: str
    article: str
    document_number: str


class BarAnswer(Schema):
    uscc: str
    on: date
    bar: Bar | None = Field(description="null: it may apply")
