"""Facts about EIA documents."""

from __future__ import annotations

import uuid
from datetime import date

from services.kit.event_catalogue import EventType
from services.kit.schemas import Schema
from services.kit.texts import Text


class EiaFact(Schema):
    """Payload of all: the document, and how much is known of it."""

    eia_id: uuid.UUID
    uscc: str
    number: str
    eia_class: str
    authority: str
    decided_on: date
    project_name: str
    state: str


EIA_REGISTERED = EventType(
    "permits.eia_registered.v1", EiaFact, Text(zh="环评文件已登记", en="An EIA document was registered")
)
EIA_STATED = EventType(
    "permits.eia_stated.v1", EiaFact, Text(zh="企业申报环评文件", en="An enterprise stated its EIA")
)
EIA_CONFIRMED = EventType(
    "permits.eia_confirmed.v1", EiaFact, Text(zh="环评文件经核实成立", en="An EIA document was confirmed")
)
EIA_REJECTED = EventType(
    "permits.eia_rejected.v1",
    EiaFact,
    Text(zh="环评文件经核实不成立", en="An EIA document was found not to hold"),
)
