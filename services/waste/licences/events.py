"""Facts about licences."""

from datetime import date

from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Schema
from services.kit.texts import Text


class LicenceFact(Schema):
    """Payload: the licence that was entered. Public: licences are announced (Order 408 art. 9)."""

    licence_number: str
    holder_uscc: str
    kind: str
    modes: list[str]
    valid_from: date
    valid_to: date


LICENCE_REGISTERED = EventType(
    "waste.licence_registered.v1",
    LicenceFact,
    Text(zh="危险废物经营许可证已登记", en="A licence was registered"),
    Readers.PUBLIC,
)
