"""One enterprise at a glance, for the gateway's side-by-side view."""

import uuid

from pydantic import Field

from services.emergency.incidents.schemas import GradeName, IncidentKind
from services.kit.schemas import Moment, Schema


class IncidentAtAGlance(Schema):
    """An incident that the enterprise answers for."""

    id: uuid.UUID
    number: str
    kind: IncidentKind
    happened_at: Moment
    grade: GradeName | None
    state: str


class Overview(Schema):
    """What emergency knows of an enterprise, as of a moment."""

    as_of: Moment
    uscc: str
    incidents_responsible: int = Field(description="incidents that it answers for")
    open_incidents: int = Field(description="of these, not yet closed")
    last_incident: IncidentAtAGlance = Field(description="the last to happen")
