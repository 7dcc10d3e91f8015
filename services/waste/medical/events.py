"""Facts about medical waste bags."""

import uuid

from services.kit.schemas import Exact, Moment, Schema

BAG_REGISTERED = "waste.medical_bag_registered.v1"
BAG_SCANNED = "waste.medical_bag_scanned.v1"


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
