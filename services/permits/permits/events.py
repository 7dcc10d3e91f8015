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


class PermitAmended(PermitIssued):
    """Payload: the version that holds from `effective_from`, and why there is one."""

    basis: str
    article: str
    effective_from: date


# 条例 art. 23: what is permitted is disclosed
PERMIT_ISSUED = EventType(
    "permits.permit_issued.v1",
    PermitIssued,
    Text(zh="排污许可证已登记", en="A permit was entered"),
    Readers.PUBLIC,
)
PERMIT_AMENDED = EventType(
    "permits.permit_amended.v1",
    PermitAmended,
    Text(zh="排污许可证有新版本", en="A permit has a new version"),
    Readers.PUBLIC,
)
