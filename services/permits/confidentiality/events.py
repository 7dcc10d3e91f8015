"""Facts about withholding. None holds a text that is withheld."""

import uuid

from services.kit.event_catalogue import EventType
from services.kit.schemas import Schema
from services.kit.texts import Text


class WithholdingFact(Schema):
    """Payload: the request as it stands."""

    withholding_id: uuid.UUID
    permit_number: str
    uscc: str
    pointers: list[str]
    state: str
    public_reason: str | None


WITHHOLDING_REQUESTED = EventType(
    "permits.withholding_requested.v1",
    WithholdingFact,
    Text(zh="企业申请部分内容不予公开", en="An enterprise asked to withhold texts from the public"),
)
WITHHOLDING_DECIDED = EventType(
    "permits.withholding_decided.v1",
    WithholdingFact,
    Text(zh="不予公开申请已决定", en="A request to withhold was decided on"),
)
WITHHOLDING_LIFTED = EventType(
    "permits.withholding_lifted.v1",
    WithholdingFact,
    Text(zh="不予公开的内容恢复公开", en="Texts that were withheld are public again"),
)
