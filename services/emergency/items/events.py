"""Facts about items."""

from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Schema
from services.kit.texts import Text


class ItemFact(Schema):
    """Payload: the item as it is now."""

    code: str
    name: str
    category: str
    unit: str
    perishable: bool


ITEM_REGISTERED = EventType(
    "emergency.item_registered.v1",
    ItemFact,
    Text(zh="应急物资已登记", en="An item was registered"),
    Readers.BUREAU,
)
