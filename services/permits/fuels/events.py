"""Facts about fuel."""

import uuid
from datetime import date

from services.kit.event_catalogue import EventType
from services.kit.schemas import Exact, Schema
from services.kit.texts import Text


class FuelFactEvent(Schema):
    """Payload of both: what was stated, in which version. Whoever used an older one can tell."""

    fact_id: uuid.UUID
    version: int
    permit_number: str
    uscc: str
    fuel: str
    period_start: date
    period_end: date
    quantity: Exact
    unit: str


FUEL_RECORDED = EventType(
    "permits.fuel_recorded.v1", FuelFactEvent, Text(zh="能源消耗已记录", en="A fuel fact was recorded")
)
FUEL_CORRECTED = EventType(
    "permits.fuel_corrected.v1", FuelFactEvent, Text(zh="能源消耗已更正", en="A fuel fact was corrected")
)
