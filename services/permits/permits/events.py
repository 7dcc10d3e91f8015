"""Facts about permits."""

from datetime import date

from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Schema
from services.kit.texts import Text


class PermitIssued(Schema):
    """Payload: the permit that now holds."""

    permit_number: str
    uscc: str
    version: int
    management_class: str
    industry_code: str
    valid_from: date
    valid_to: date


# 条例 art. 23: what is permitted is disclosed
PERMIT_ISSUED = EventType(
    "permits.permit_issued.v1",
    PermitIssued,
    Text(zh="排污许可证已登记", en="A permit was entered"),
    Readers.PUBLIC,
)
