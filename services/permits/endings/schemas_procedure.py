"""What comes before the decision on an end, over the wire: notice, statement, hearing."""

from datetime import date
from typing import Any, Literal

from pydantic import Field

from services.kit.schemas import Day, LongText, Moment, Schema, ShortText
from services.permits.reports.schemas import ReceiptRead

ProcedureState = Literal[
    "proposed",
    "notified",
    "hearing_requested",
    "hearing_called",
    "heard",
    "approved",
    "rejected",
]
ProcedureStep = Literal[
    "notify", "state", "request_hearing", "withdraw_request", "call_hearing", "record_hearing"
]


class EndingNoticeCreate(Schema):
    """How the holder was told of what is to be decided, and of its rights (事先告知书)."""

    document_number: ShortText = Field(description="告知书文号")
    method: Literal["in_person", "post", "electronic"] = Field(description="当面, 邮寄, 电子送达")
    received_by: ShortText
    received_on: Day | None = Field(
        default=None, description="from which the time for a hearing counts; by default today"
    )


class EndingStatementCreate(Schema):
    """What the holder says to it (陈述、申辩)."""

    text: LongText


class HearingRequestCreate(Schema):
    """The holder asks to be heard (申请听证)."""

    reason: LongText


class HearingWithdrawalCreate(Schema):
    """The holder wants no hearing after all."""

    reason: LongText


class HearingCallCreate(Schema):
    """When and where the hearing is held (听证通知书); called anew, it is postponed."""

    held_on: Day
    place: ShortText
    presided_by: ShortText = Field(description="听证主持人: nobody who looked into the case")
    document_number: ShortText = Field(description="通知书文号")


class HearingRecordCreate(Schema):
    """What was said (听证笔录). Who stays away without a reason has waived the hearing."""

    held_on: Day
    attended: bool = Field(description="whether the holder came, or somebody for it")
    presided_by: ShortText
    record: LongText = Field(description="what both sides said and showed")
    signed: bool = Field(description="whether the holder signed the record")
    opinion: LongText = Field(description="听证意见: what the presider concludes")


class EndingStepRead(Schema):
    """One step before the decision, with the sealed document."""

    revision: int
    step: ProcedureStep
    state: ProcedureState
    taken_on: date
    taken_at: Moment
    taken_by: str
    detail: dict[str, Any]
    document: dict[str, Any]
    receipt: ReceiptRead
