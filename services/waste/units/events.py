"""Facts about units."""

from services.kit.schemas import Schema

UNIT_REGISTERED = "waste.unit_registered.v1"
UNIT_CHANGED = "waste.unit_changed.v1"


class UnitFact(Schema):
    """Payload of both events: the unit as it is now."""

    uscc: str
    name: str
    kinds: list[str]
    region_code: str
    version: int
