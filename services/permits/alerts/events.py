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


class AlertLevelChanged(AlertFact):
    """Payload: the period of the new level, and the one that it ends."""

    direction: str
    previous_alert_period_id: uuid.UUID
    previous_level: str


class AlertRescheduled(AlertFact):
    """Payload: the alert, and when it was to end before."""

    previous_ends_at: Moment | None


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
ALERT_LEVEL_CHANGED = EventType(
    "permits.alert_level_changed.v1",
    AlertLevelChanged,
    Text(zh="重污染天气预警级别已调整", en="A heavy-pollution alert was raised or lowered"),
    Readers.PUBLIC,
)
ALERT_RESCHEDULED = EventType(
    "permits.alert_rescheduled.v1",
    AlertRescheduled,
    Text(zh="重污染天气预警结束时间已调整", en="A heavy-pollution alert was given another end"),
    Readers.PUBLIC,
)
ALERT_ENDED = EventType(
    "permits.alert_ended.v1",
    AlertFact,
    Text(zh="重污染天气预警已到期结束", en="A heavy-pollution alert ended as it was declared to"),
    Readers.PUBLIC,
)
