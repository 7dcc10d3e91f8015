"""Facts about units."""

from services.kit.event_catalogue import EventType
from services.kit.schemas import Schema
from services.kit.texts import Text


class UnitFact(Schema):
    """Payload of both events: the unit as it is now."""

    uscc: str
    name: str
    kinds: list[str]
    region_code: str
    version: int


UNIT_REGISTERED = EventType(
    "waste.unit_registered.v1", UnitFact, Text(zh="涉废单位已登记", en="A unit was registered")
)
UNIT_CHANGED = EventType(
    "waste.unit_changed.v1", UnitFact, Text(zh="涉废单位信息已变更", en="The particulars of a unit changed")
)
