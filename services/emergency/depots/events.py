"""Facts about depots."""

from services.kit.schemas import Schema

DEPOT_REGISTERED = "emergency.depot_registered.v1"


class DepotFact(Schema):
    """Payload: the depot as it is now."""

    code: str
    name: str
    kind: str
    region_code: str
    keeper_uscc: str
