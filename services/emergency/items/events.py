"""Facts about items."""

from services.kit.schemas import Schema

ITEM_REGISTERED = "emergency.item_registered.v1"


class ItemFact(Schema):
    """Payload: the item as it is now."""

    code: str
    name: str
    category: str
    unit: str
    perishable: bool
