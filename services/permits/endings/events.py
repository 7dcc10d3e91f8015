"""Facts about ends of permits."""

import uuid
from datetime import date

from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Schema
from services.kit.texts import Text
from services.permits.endings.rules import Kind
from services.permits.endings.rules_procedure import Step


class EndingProposed(Schema):
    """Payload: what is proposed; `hearing_until` is null, for that time runs from the notice on."""

    ending_id: uuid.UUID
    permit_number: str
    uscc: str
    kind: Kind
    ground: str
    article: str
    reason: str
    hearing_until: date | None


class EndingStepFact(Schema):
    """Payload of every step before the decision; nothing of what was said."""

    ending_id: uuid.UUID
    permit_number: str
    uscc: str
    kind: Kind
    ground: str
    step: str
    state: str
    taken_on: date
    hearing_until: date | None
    hearing_on: date | None


class EndingPeriod(Schema):
    """Payload: a period before the decision ends soon, or is over; `period` says which."""

    ending_id: uuid.UUID
    permit_number: str
    uscc: str
    kind: Kind
    ground: str
    period: str
    step: str
    deadline: date
    days_left: int
    days_over: int
    basis: str


class EndingRejected(Schema):
    """Payload: the permit is not ended."""

    ending_id: uuid.UUID
    permit_number: str
    uscc: str
    kind: Kind
    ground: str
    comment: str


class PermitEnded(Schema):
    """Payload: how, by which document, from which day on; `barred_until` where the holder may not apply before."""

    ending_id: uuid.UUID
    permit_number: str
    uscc: str
    kind: Kind
    ground: str
    article: str
    document_number: str
    effective_on: date
    barred_until: date | None


# That it is proposed is told at once; the notice that the law asks for is a step of its own.
ENDING_PROPOSED = EventType(
    "permits.ending_proposed.v1",
    EndingProposed,
    Text(zh="拟终止排污许可证", en="That a permit be ended was proposed"),
)
ENDING_REJECTED = EventType(
    "permits.ending_rejected.v1",
    EndingRejected,
    Text(zh="不予终止排污许可证", en="A proposal to end a permit was rejected"),
)
# 条例 art. 23 and 行政许可法 art. 70: what no longer holds is as public as what was permitted
PERMIT_ENDED = EventType(
    "permits.permit_ended.v1",
    PermitEnded,
    Text(
        zh="排污许可证已撤销、撤回、吊销或注销", en="A permit was annulled, withdrawn, revoked or cancelled"
    ),
    Readers.PUBLIC,
)
ENDING_NOTIFIED = EventType(
    "permits.ending_notified.v1",
    EndingStepFact,
    Text(zh="终止许可已事先告知", en="The holder was told of a proposal to end its permit"),
)
ENDING_STATED = EventType(
    "permits.ending_stated.v1",
    EndingStepFact,
    Text(zh="当事人已陈述、申辩", en="The holder stated and defended"),
)
HEARING_REQUESTED = EventType(
    "permits.hearing_requested.v1",
    EndingStepFact,
    Text(zh="当事人申请听证", en="A hearing was asked for"),
)
HEARING_REQUEST_WITHDRAWN = EventType(
    "permits.hearing_request_withdrawn.v1",
    EndingStepFact,
    Text(zh="听证申请已撤回", en="The request for a hearing was withdrawn"),
)
HEARING_CALLED = EventType(
    "permits.hearing_called.v1",
    EndingStepFact,
    Text(zh="已通知听证", en="A hearing was called"),
)
HEARING_RECORDED = EventType(
    "permits.hearing_recorded.v1",
    EndingStepFact,
    Text(zh="听证笔录已记录", en="A hearing was recorded"),
)
ENDING_PERIOD_ENDS = EventType(
    "permits.ending_period_ends.v1",
    EndingPeriod,
    Text(
        zh="陈述申辩、申请听证的期限或听证日将至",
        en="The time to state or to ask for a hearing ends soon, or the hearing is near",
    ),
)
ENDING_PERIOD_OVER = EventType(
    "permits.ending_period_over.v1",
    EndingPeriod,
    Text(
        zh="陈述申辩、申请听证的期限或听证日已过",
        en="The time to state or to ask for a hearing is over, or the hearing's day has passed",
    ),
)

OF_STEP: dict[Step, EventType] = {
    Step.NOTIFY: ENDING_NOTIFIED,
    Step.STATE: ENDING_STATED,
    Step.REQUEST_HEARING: HEARING_REQUESTED,
    Step.WITHDRAW_REQUEST: HEARING_REQUEST_WITHDRAWN,
    Step.CALL_HEARING: HEARING_CALLED,
    Step.RECORD_HEARING: HEARING_RECORDED,
}
