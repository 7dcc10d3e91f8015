"""Facts about management plans."""

import uuid
from datetime import date

from services.kit.event_catalogue import EventType
from services.kit.schemas import Schema
from services.kit.texts import Text


class PlanFiled(Schema):
    """Payload: the plan that was filed."""

    plan_id: uuid.UUID
    uscc: str
    site_code: str
    year: int
    filed_on: date
    days_late: int
    document_sha256: str


PLAN_FILED = EventType(
    "waste.plan_filed.v1", PlanFiled, Text(zh="管理计划已备案", en="A management plan was filed")
)
