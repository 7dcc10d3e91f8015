"""Facts about enterprises."""

from services.kit.event_catalogue import EventType
from services.kit.schemas import Schema
from services.kit.texts import Text


class EnterpriseFact(Schema):
    """Payload of both events: the enterprise as it is now."""

    uscc: str
    name: str
    region_code: str
    industry_code: str
    management_class: str
    version: int


ENTERPRISE_REGISTERED = EventType(
    "permits.enterprise_registered.v1",
    EnterpriseFact,
    Text(zh="企业已登记", en="An enterprise was registered"),
)
ENTERPRISE_CHANGED = EventType(
    "permits.enterprise_changed.v1",
    EnterpriseFact,
    Text(zh="企业信息已变更", en="The particulars of an enterprise changed"),
)
