"""Facts about management plans."""

import uuid
from datetime import date

from services.kit.schemas import Schema

PLAN_FILED = "waste.plan_filed.v1"


class PlanFiled(Schema):
    """Payload: the plan that was filed."""

    plan_id: uuid.UUID
    uscc: str
    site_code: str
    year: int
    filed_on: date
    days_late: int
    document_sha256: str
