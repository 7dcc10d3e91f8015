"""Facts about incidents. Credit reads `responsibility_recorded` as a candidate for a record."""

import uuid

from services.kit.schemas import Moment, Schema

INCIDENT_RECORDED = "emergency.incident_recorded.v1"
INCIDENT_GRADED = "emergency.incident_graded.v1"
INCIDENT_CLOSED = "emergency.incident_closed.v1"
RESPONSIBILITY_RECORDED = "emergency.responsibility_recorded.v1"


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
