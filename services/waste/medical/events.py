"""Facts about medical waste bags."""

import uuid

from services.kit.event_catalogue import EventType
from services.kit.schemas import Exact, Moment, Schema
from services.kit.texts import Text


class BagRegistered(Schema):
    """Payload: a bag that was filled."""

    bag_id: uuid.UUID
    code: str
    hospital_uscc: str
    kind: str
    waste_code: str
    mass_kg: Exact


class BagScanned(Schema):
    """Payload: a bag that was seen at a place."""

    bag_id: uuid.UUID
    code: str
    hospital_uscc: str
    state: str
    place: str
    uscc: str
    scanned_at: Moment
    received_at: Moment


BAG_REGISTERED = EventType(
    "waste.medical_bag_registered.v1",
    BagRegistered,
    Text(zh="医疗废物袋已登记", en="A bag of medical waste was filled"),
)
BAG_SCANNED = EventType(
    "waste.medical_bag_scanned.v1",
    BagScanned,
    Text(zh="医疗废物袋已扫码", en="A bag of medical waste was scanned at a place"),
)
