"""Facts about ends of permits."""

import uuid
from datetime import date

from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Schema
from services.kit.texts import Text
from services.permits.endings.rules import Kind


class EndingProposed(Schema):
    """Payload: what is proposed, and until when the holder may ask to be heard."""

    ending_id: uuid.UUID
    permit_number: str
    uscc: str
    kind: Kind
    ground: str
    article: str
    reason: str
    hearing_until: date | None


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


# The holder is told before the decision: 行政处罚法 art. 44, 63 for a revocation, and no worse for the others.
ENDING_PROPOSED = EventType(
    "permits.ending_proposed.v1",
    EndingProposed,
    Text(zh="拟终止排污许可证，已告知", en="That a permit be ended was proposed"),
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
