"""Facts about heavy-pollution alerts."""

import uuid

from services.kit.event_catalogue import EventType, Readers
from services.kit.schemas import Moment, Schema
from services.kit.texts import Text


class AlertFact(Schema):
    """Payload: the alert; the limits of special periods bind on the days that it touches."""

    alert_period_id: uuid.UUID
    level: str
    region_code: str
    begins_at: Moment
    ends_at: Moment | None
    basis: str


ALERT_DECLARED = EventType(
    "permits.alert_declared.v1",
    AlertFact,
    Text(zh="重污染天气预警已发布", en="A heavy-pollution alert was declared"),
    Readers.PUBLIC,
)
ALERT_LIFTED = EventType(
    "permits.alert_lifted.v1",
    AlertFact,
    Text(zh="重污染天气预警已解除", en="A heavy-pollution alert was lifted"),
    Readers.PUBLIC,
)
