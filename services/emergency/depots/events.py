"""Facts about depots."""

from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Schema
from services.kit.texts import Text


class DepotFact(Schema):
    """Payload: the depot as it is now."""

    code: str
    name: str
    kind: str
    region_code: str
    keeper_uscc: str


DEPOT_REGISTERED = EventType(
    "emergency.depot_registered.v1",
    DepotFact,
    Text(zh="储备库已登记", en="A depot was registered"),
    Readers.BUREAU,
)
