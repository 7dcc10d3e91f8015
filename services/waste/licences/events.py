"""Facts about licences."""

from datetime import date

from services.kit.schemas import Schema

LICENCE_REGISTERED = "waste.licence_registered.v1"


class LicenceFact(Schema):
    """Payload: the licence that was entered. Public: licences are announced (Order 408 art. 9)."""

    licence_number: str
    holder_uscc: str
    kind: str
    modes: list[str]
    valid_from: date
    valid_to: date
