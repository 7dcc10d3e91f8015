"""Facts about incidents. Credit reads `responsibility_recorded` as a candidate for a record."""

import uuid

from services.kit.event_catalogue import EventType
from services.kit.schemas import Moment, Schema
from services.kit.texts import Text


class IncidentFact(Schema):
    """Payload of the first three: the incident as it is now."""

    incident_id: uuid.UUID
    incident_number: str
    kind: str
    happened_at: Moment
    known_at: Moment
    region_code: str
    state: str
    grade: str | None
    grade_table: str | None


class ResponsibilityFact(Schema):
    """Payload of `responsibility_recorded`: which enterprise answers for which incident, and on what basis."""

    incident_id: uuid.UUID
    incident_number: str
    uscc: str
    happened_at: Moment
    recorded_at: Moment
    kind: str
    grade: str | None
    basis: str


INCIDENT_RECORDED = EventType(
    "emergency.incident_recorded.v1",
    IncidentFact,
    Text(zh="突发环境事件已登记", en="An incident was recorded"),
)
INCIDENT_GRADED = EventType(
    "emergency.incident_graded.v1", IncidentFact, Text(zh="突发环境事件已分级", en="An incident was graded")
)
INCIDENT_CLOSED = EventType(
    "emergency.incident_closed.v1", IncidentFact, Text(zh="突发环境事件已终止", en="An incident was closed")
)
RESPONSIBILITY_RECORDED = EventType(
    "emergency.responsibility_recorded.v1",
    ResponsibilityFact,
    Text(zh="事件责任单位已认定", en="The enterprise that answers for an incident was recorded"),
)
