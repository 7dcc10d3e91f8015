"""Facts about enterprises."""

from services.kit.schemas import Schema

ENTERPRISE_REGISTERED = "permits.enterprise_registered.v1"
ENTERPRISE_CHANGED = "permits.enterprise_changed.v1"


class EnterpriseFact(Schema):
    """Payload of both events: the enterprise as it is now."""

    uscc: str
    name: str
    region_code: str
    industry_code: str
    management_class: str
    version: int
